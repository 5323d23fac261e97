import type { Activities } from '../src/contract/activities';
import { isRefusedAnswer } from '../src/partner/answer/recheck-answer';
import { closeRun } from '../src/store/runs/close-run';
import type { Dependencies } from './dependencies';
import { pauseFailingSchedule } from './pause-failing-schedule';
import { failingAsTemporal } from './temporal-failure';

/** Records that a run failed or was cancelled, with the reason and the calls. */
export function createCloseRun(dependencies: Dependencies): Activities['closeRun'] {
  return async (input) => {
    const { partner, runId, status, failure, refused, ...rest } = input;
    const log = dependencies.log.child({ partner, run: runId });
    // A run must end, even if the rest of its answer cannot be stored.
    const kept = refused && isRefusedAnswer(refused) ? { refused } : {};
    const end = { ...rest, runId, status, failure, ...kept };
    await failingAsTemporal(() => closeRun(dependencies.dataSource, end), log);
    log.warn({ failure }, `Run ${status}`);
    if (status === 'failed') await pauseFailingSchedule({ ...dependencies, log }, partner, failure);
  };
}
