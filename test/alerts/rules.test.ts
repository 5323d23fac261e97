import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runProgram } from '../support/command';
import { ALERTS_FILE, type AlertRules, namesOf, readRules } from './alert-rules';
import { SUCCESS, testRules, type Verdict } from './promtool';
import { RULE_CASES, type RuleCase, WORKER } from './rule-cases';

/* The rules alone, with made series, as promtool evaluates them. */

let folder: string;
let rules: AlertRules;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alert-rules-'));
  rules = await readRules();
});
afterAll(() => rm(folder, { recursive: true }));

/** What keeps the alerts about missing processes silent. */
const PRESENT = {
  'up{job="provider-sync-worker",instance="b"}': '1x60',
  'up{job="provider-sync-api",instance="b"}': '1x60',
};

const MINUTES = Array.from({ length: 41 }, (_, minute) => minute);

const series = (given: RuleCase['series']) =>
  Object.entries({ ...PRESENT, ...given }).map(([one, values]) => ({ series: one, values }));

/** The rules that fire at the first event of a counter. */
function firstEventRules() {
  return rules.groups
    .flatMap((group) => group.rules)
    .filter(({ expr }) => / unless \w+ offset /.test(expr))
    .map((rule) => ({ ...rule, given: RULE_CASES[rule.alert] as RuleCase }));
}

/** The series of a case as those of a worker that started in minute 9, and that Prometheus reads only at times. */
function ofAnother({ series: given }: RuleCase, { up, events }: { up: string; events?: string }) {
  const started = 'process_start_time_seconds{job="provider-sync-worker",instance="c"}';
  const counters = Object.entries(given).map(([one, values]) => [
    one.replace(`instance="${WORKER.instance}"`, 'instance="c"'),
    events ?? values,
  ]);
  return series({
    'up{job="provider-sync-worker",instance="c"}': up,
    [started]: events ? '-9000x60' : `_x9 ${9 * 60}x40`,
    ...Object.fromEntries(counters),
  });
}

/** Without their texts, which promtool would compare too. */
function withoutTexts({ groups }: AlertRules) {
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map(({ annotations: _, ...rule }) => rule),
    })),
  };
}

function expectations(name: string, severity: string, { silentAt, firesAt, labels = {} }: RuleCase) {
  const fired = { exp_labels: { severity, ...labels } };
  return [
    { eval_time: `${silentAt}m`, alertname: name, exp_alerts: [] },
    { eval_time: `${firesAt}m`, alertname: name, exp_alerts: [fired] },
  ];
}

async function runPromtool(tests: object[]): Promise<Verdict> {
  const file = join(folder, 'rules.yml');
  await writeFile(file, stringify(withoutTexts(rules)));
  return testRules(file, tests);
}

describe('the alerts', () => {
  it('are rules that Prometheus accepts', async () => {
    expect(await runProgram('promtool', ['check', 'rules', ALERTS_FILE])).toMatchObject({ code: 0 });
  });

  it('have a case each', () => {
    expect(Object.keys(RULE_CASES).sort()).toEqual(namesOf(rules).sort());
  });

  it('fire in their time and not before, with the labels of what broke', async () => {
    const all = rules.groups.flatMap((group) => group.rules);
    const tests = all.map(({ alert, labels }) => {
      const given = RULE_CASES[alert] as RuleCase;
      const alert_rule_test = expectations(alert, labels.severity, given);
      return { interval: '1m', input_series: series(given.series), alert_rule_test };
    });
    expect(await runPromtool(tests)).toEqual(SUCCESS);
  });

  it('stay silent about old events after a time in which a worker could not be read', async () => {
    const tests = firstEventRules().flatMap(({ alert, given }) =>
      ['1x9 0x9 1x40', '1x9 _x10 1x40'].map((up) => ({
        interval: '1m',
        input_series: ofAnother(given, { up, events: '7x9 _x10 7x40' }),
        alert_rule_test: MINUTES.map((minute) => ({
          eval_time: `${minute}m`,
          alertname: alert,
          exp_alerts: [],
        })),
      })),
    );
    expect(await runPromtool(tests)).toEqual(SUCCESS);
  });

  it('fire for the first event of a worker that has just started', async () => {
    const tests = firstEventRules().map(({ alert, labels, given }) => ({
      interval: '1m',
      input_series: ofAnother(given, { up: '_x9 1x40' }),
      alert_rule_test: expectations(alert, labels.severity, given),
    }));
    expect(await runPromtool(tests)).toEqual(SUCCESS);
  });

  it('name a process that Prometheus does not know', async () => {
    const job = { job: 'provider-sync-worker' };
    const fired = { exp_labels: { severity: 'critical', ...job } };
    const alert_rule_test = [{ eval_time: '5m', alertname: 'WorkerMissing', exp_alerts: [fired] }];
    const input_series = [{ series: 'up{job="provider-sync-api",instance="b"}', values: '1x60' }];
    expect(await runPromtool([{ interval: '1m', input_series, alert_rule_test }])).toEqual(SUCCESS);
  });
});
