import { setTimeout as sleep } from 'node:timers/promises';
import { type Series, sumOf } from '../../support/read-metrics';
import type { Monitored } from '../monitored';

/** The alerts fire above this wait. */
const LIMIT_SECONDS = 1_800;
const WAIT_MS = (LIMIT_SECONDS + 60) * 1_000;

/** Lets the tasks that wait in Temporal wait longer than the alerts allow. */
export async function untilVeryLate(stage: Monitored): Promise<void> {
  await sleep(WAIT_MS);
  // A process of a test is killed earlier.
  await stage.startApi();
}

/** How many tasks of this kind the worker got after a longer wait than the alerts allow. */
export function lateTasks(series: Series, kind: 'workflow_task' | 'activity'): number {
  const name = `temporal_${kind}_schedule_to_start_latency_seconds_bucket`;
  return sumOf(series, name, { le: '+Inf' }) - sumOf(series, name, { le: String(LIMIT_SECONDS) });
}
