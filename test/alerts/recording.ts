import type { Series } from '../support/read-metrics';
import { until } from '../support/scenario';
import { ALERTS_FILE } from './alert-rules';
import { testRules, type Verdict } from './promtool';
import { scrape, type Target } from './scrape';

/** What a minute has to show to be recorded, beside the minute before. */
export type Condition = (series: Series, before: Series) => boolean;

/**
 * Minutes of real metrics, in a clock of its own: a scrape takes the time that it takes, and counts as one minute. The
 * rules are evaluated over these minutes as they are. A slow machine makes the test slower, and changes no minute.
 */
export class Recording {
  private minutes = 0;
  private last: Series = new Map();
  private readonly values = new Map<string, string[]>();
  private readonly expectations: object[] = [];

  /** @param allowed alerts that may fire at any time */
  constructor(
    private readonly targets: readonly Target[],
    private readonly allowed: readonly string[],
  ) {}

  /** Lets one minute pass: its scrape is the first that meets the condition. */
  async minute(condition: Condition = () => true): Promise<void> {
    let series: Series = new Map();
    await until(async () => {
      const scrapes = await Promise.all(this.targets.map(scrape));
      series = new Map(scrapes.flatMap((one) => [...one]));
      return condition(series, this.last);
    });
    this.record(series);
  }

  /** Expects that exactly these alerts, and perhaps allowed ones, fire in the last minute. */
  expectFiring(...alerts: readonly string[]): void {
    this.expectResult(
      `group by (alertname) (ALERTS{alertstate="firing",alertname!~"${this.allowed.join('|')}"})`,
      alerts.map((alert) => `{alertname="${alert}"}`),
    );
  }

  /** Expects that the query returns figures in the last minute. */
  expectFigures(query: string): void {
    this.expectResult(`count((${query}) > -Inf) > bool 0`, ['{}']);
  }

  /** Evaluates the rules over all minutes and compares them with what was expected. */
  verdict(): Promise<Verdict> {
    const input_series = [...this.values].map(([series, values]) => ({ series, values: values.join(' ') }));
    return testRules(ALERTS_FILE, [{ interval: '1m', input_series, promql_expr_test: this.expectations }]);
  }

  private record(series: Series): void {
    for (const [name, values] of this.values) {
      // Prometheus marks a series as stale once.
      if (!series.has(name)) values.push(['stale', '_'].includes(values.at(-1) ?? '') ? '_' : 'stale');
    }
    for (const [name, value] of series) {
      const values = this.values.get(name) ?? Array<string>(this.minutes).fill('_');
      this.values.set(name, values);
      values.push(String(value).toLowerCase());
    }
    this.minutes += 1;
    this.last = series;
  }

  private expectResult(expr: string, labels: readonly string[]): void {
    const exp_samples = labels.map((one) => ({ labels: one, value: 1 }));
    this.expectations.push({ expr, eval_time: `${this.minutes - 1}m`, exp_samples });
  }
}
