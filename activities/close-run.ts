import type { Activities } from '../src/contract/activities';
import type { RefusedAnswer } from '../src/contract/answer';
import { isRefusedAnswer } from '../src/partner/answer/recheck-answer';
import { placeRejections } from '../src/partner/answer/rejected-person';
import { closeRun } from '../src/store/runs/close-run';
import type { Dependencies } from './dependencies';
import { paceSchedule } from './pace-schedule';
import { pauseFailingSchedule } from './pause-failing-schedule';
import { stepTiming } from './step-timing';
import { failingAsTemporal } from './temporal-failure';

const ENDED = { failed: 'failed', cancelled: 'was cancelled' } as const;

/**
 * Records that a run failed or was cancelled, with the reason and the calls. The providers of the run may have been
 * stored before, by a worker that was lost before it reported this. Then the run stays succeeded.
 */
export function createCloseRun(dependencies: Dependencies): Activities['closeRun'] {
  const placed = (refused: RefusedAnswer, name: string): RefusedAnswer => {
    const rejected = placeRejections(dependencies.partners.get(name), refused.rejected);
    return { ...refused, rejected };
  };

  const keepFor = (partner: string) => dependencies.partners.get(partner)?.keepAnswers ?? 0;
  return async (input) => {
    const { partner, runId, status, failure, refused, copy, scheduledAt, ...rest } = input;
    const log = dependencies.log.child({ partner, run: runId });
    // A run must end, even if the rest of its answer cannot be stored.
    const kept =
      refused && isRefusedAnswer(refused)
        ? { refused: placed(refused, partner), ...(copy && { copy }), keepFor: keepFor(partner) }
        : {};
    const end = {
      ...rest,
      runId,
      status,
      failure,
      ...kept,
      payloadKeys: dependencies.payloadKeys,
      subscriptions: dependencies.subscriptions,
      timing: stepTiming(scheduledAt),
    };
    const recorded = await failingAsTemporal(
      () => closeRun(dependencies.dataSource, end, dependencies.metrics.runEnded),
      log,
    );
    if (recorded?.status === 'succeeded') {
      log.info(
        { counts: recorded.counts },
        `Run succeeded: its providers were stored before it ${ENDED[status]}`,
      );
      return { runId, saved: recorded.counts };
    }
    if (recorded?.status !== status) {
      log.warn({ failure, recorded: recorded?.status ?? null }, 'Run had already ended in another way');
      return undefined;
    }
    log.warn({ failure }, `Run ${status}`);
    if (status === 'failed') {
      await pauseFailingSchedule({ ...dependencies, log }, partner, failure);
      await paceSchedule({ ...dependencies, log }, partner, failure.type);
    }
    return undefined;
  };
}
