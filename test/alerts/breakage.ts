import { type Series, sumOf } from '../support/read-metrics';
import { latencyAlerts, minutesToWait } from './alert-rules';
import type { Monitored } from './monitored';
import { SUCCESS } from './promtool';
import type { Condition, Recording } from './recording';

type Labels = Readonly<Record<string, string>>;

/** What breaks, what shows it, and how it is mended. */
interface Breakage {
  /** What the test needs before the calm minutes. */
  readonly prepare?: () => Promise<unknown>;
  readonly breakIt?: () => Promise<unknown>;
  /** Breaks it once more, before the second minute. */
  readonly breakItAgain?: () => Promise<unknown>;
  /** What happens in each minute, from the break on. */
  readonly inMinute?: () => Promise<unknown>;
  /** What each minute has to show from then on. */
  readonly isBroken?: Condition;
  /** Mends it for the next test, also after a failure. */
  readonly mend?: () => Promise<unknown>;
}

/** All processes are up, no finding is failing, and no run waits. */
export const isCalm: Condition = (series) =>
  sumOf(series, 'provider_sync_health', { status: 'failing' }) === 0 &&
  sumOf(series, 'provider_sync_store_up') === 1 &&
  sumOf(series, 'provider_sync_runs_waiting') === 0 &&
  sumOf(series, 'up') === 2;

/** The sum of the series with this name and these labels has this value. */
export function shows(name: string, value: number, labels: Labels = {}): Condition {
  return (series) => sumOf(series, name, labels) === value;
}

/** A counter grows in each of the first minutes. */
export function grows(name: string, labels: Labels, minutes: number): Condition {
  let grown = 0;
  const count = (series: Series) => sumOf(series, name, labels);
  return (series, before) => {
    if (grown < minutes && count(series) <= count(before)) return false;
    grown += 1;
    return true;
  };
}

/**
 * Records ten calm minutes, in each of which nothing fires. Alerts on latencies may fire, as the machine may be slow.
 *
 * @param expected alerts on latencies that may not
 */
export async function recordCalm(stage: Monitored, expected: readonly string[] = []): Promise<Recording> {
  const allowed = (await latencyAlerts()).filter((alert) => !expected.includes(alert));
  const recording = stage.record(allowed);
  for (let minute = 0; minute < 10; minute += 1) {
    await recording.minute(isCalm);
    recording.expectFiring();
  }
  return recording;
}

/** After ten calm minutes it breaks. Then exactly these alerts fire, each in its minute. At the end it is mended. */
export async function expectAlerts(
  stage: Monitored,
  alerts: readonly string[],
  breakage: Breakage,
): Promise<Recording> {
  const recording = await recordBreakage(stage, alerts, breakage).catch(async (error) => {
    // The test fails with the first failure.
    await Promise.allSettled([breakage.mend?.()]);
    throw error;
  });
  await breakage.mend?.();
  return recording;
}

async function recordBreakage(
  stage: Monitored,
  alerts: readonly string[],
  { prepare, breakIt, breakItAgain, inMinute, isBroken }: Breakage,
): Promise<Recording> {
  await prepare?.();
  const recording = await recordCalm(stage, alerts);
  await breakIt?.();
  const waits = await minutesToWait(alerts);
  for (let minute = 0; minute <= Math.max(...waits.values()); minute += 1) {
    if (minute === 1) await breakItAgain?.();
    await inMinute?.();
    await recording.minute(isBroken);
    recording.expectFiring(...alerts.filter((alert) => (waits.get(alert) ?? 0) <= minute));
  }
  expect(await recording.verdict()).toEqual(SUCCESS);
  return recording;
}
