import type { DataSource } from 'typeorm';
import type { Activities } from '../src/contract/activities';
import { isRefusedAnswer } from '../src/partner/answer/recheck-answer';
import type { Logger } from '../src/process/logger';
import { closeRun } from '../src/store/runs/close-run';
import type { PauseFailingSchedule } from './pause-failing-schedule';
import { failingAsTemporal } from './temporal-failure';

/** Records that a run failed or was cancelled, and why, with its calls. */
export function createCloseRun(
  dataSource: DataSource,
  pauseFailingSchedule: PauseFailingSchedule,
  log: Logger,
): Activities['closeRun'] {
  return async (input) => {
    const { partner, runId, status, failure, refused, ...rest } = input;
    const lines = log.child({ partner, run: runId });
    // A run must end, also where what it is to keep of its answer cannot be stored.
    const kept = refused && isRefusedAnswer(refused) ? { refused } : {};
    await failingAsTemporal(() => closeRun(dataSource, { ...rest, runId, status, failure, ...kept }), lines);
    lines.warn({ failure }, `Run ${status}`);
    if (status === 'failed') await pauseFailingSchedule(partner, failure, lines);
  };
}
