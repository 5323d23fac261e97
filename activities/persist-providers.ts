import { Context } from '@temporalio/activity';
import type { Activities, PersistProvidersInput, StagedPages } from '../src/contract/activities';
import type { CheckedAnswer } from '../src/contract/answer';
import { explainDeparting, type HeldSnapshot } from '../src/contract/approval';
import { NamedFailure } from '../src/contract/named-failure';
import { isStepReport } from '../src/contract/results';
import { recheckAnswer } from '../src/partner/answer/recheck-answer';
import { placeRejections } from '../src/partner/answer/rejected-person';
import { createStoredIdentity } from '../src/partner/answer/stored-identity';
import { explainUnusable, usableLimits } from '../src/partner/answer/unusable-answer';
import type { Partner } from '../src/partner/config/partner';
import { saveSync } from '../src/store/save/save-sync';
import type { PagedAnswer } from '../src/store/staging/gather-pages';
import { type Dependencies, findUnchanged } from './dependencies';
import { paceSchedule } from './pace-schedule';
import { stepTiming } from './step-timing';
import { failingAsTemporal, temporalFailure, workerStopping } from './temporal-failure';
import { withHeartbeats } from './with-heartbeats';

/**
 * Stores the checked answer and ends the run as succeeded, in one transaction. A second execution changes nothing.
 * An answer in the input is checked again, because it came through Temporal; a larger one was staged in pages. If a
 * snapshot would mark too many people as left, nothing is stored and the run waits for an approval.
 */
export function createPersistProviders(dependencies: Dependencies): Activities['persistProviders'] {
  const { findPartner, dataSource, metrics, payloadKeys, subscriptions } = dependencies;
  return async (input) => {
    const hash = 'staged' in input ? input.staged.mappingHash : undefined;
    const { partner } = await failingAsTemporal(async () => findUnchanged(findPartner, input.partner, hash));
    const activity = Context.current();
    const { attempt } = activity.info;
    const log = dependencies.log.child({ partner: partner.name, run: input.runId, attempt });
    return withHeartbeats(async () => {
      const answer = await answerToStore(partner, input);
      const { feed, maximumDeparted, approveWithin } = partner;
      const rule = { maximumDeparted, approveWithin, approval: input.approval ?? null };
      const identityKeyOf = createStoredIdentity(partner);
      const keep = { copy: 'copy' in input ? input.copy : undefined, keepFor: partner.keepAnswers };
      const timing = stepTiming();
      let hasRecovered = false;
      const onRecovery = () => {
        hasRecovered = true;
      };
      const onEnd = metrics.runEnded;
      const means = { identityKeyOf, payloadKeys, keep, timing, onEnd, onRecovery, subscriptions };
      const saving = { ...input, answer, feed, rule, ...means };
      const saved = await failingAsTemporal(() => saveSync(dataSource, saving, givenUp(activity)), log);
      if ('status' in saved) {
        refuseWithoutApproval(saved, input);
        log.warn({ deadline: saved.deadline }, `Run waits for approval: ${explainDeparting(saved)}`);
      } else {
        log.info({ counts: saved }, 'Run succeeded');
        if (hasRecovered) await paceSchedule({ ...dependencies, log }, partner.name, null);
      }
      return { runId: input.runId, ...saved };
    });
  };
}

/** @throws ApplicationFailure `InvalidResult` or `UnusableAnswer` */
async function answerToStore(
  partner: Partner,
  input: PersistProvidersInput,
): Promise<CheckedAnswer | PagedAnswer> {
  try {
    if (!isStepReport({ calls: input.calls })) {
      throw new NamedFailure('InvalidResult', 'The calls to store have another shape.');
    }
    if ('staged' in input) return pagedAnswer(partner, input.staged);
    const rechecked = await recheckAnswer(partner, input.answer);
    const unusable = explainUnusable(rechecked, usableLimits(partner));
    if (unusable !== null) throw new NamedFailure('UnusableAnswer', unusable);
    return { ...rechecked, rejected: placeRejections(partner, rechecked.rejected) };
  } catch (error) {
    throw temporalFailure(error);
  }
}

/** The pages were checked before they were staged, and did not come through Temporal. */
function pagedAnswer(partner: Partner, { pages, received }: StagedPages): PagedAnswer {
  return { pages, received, partner };
}

/**
 * A workflow of version 0.1.0 takes every result for counts, and would end as succeeded.
 *
 * @throws ApplicationFailure `SnapshotRejected`
 */
function refuseWithoutApproval(held: HeldSnapshot, { approval }: PersistProvidersInput): void {
  if (approval !== undefined) return;
  const message = `${explainDeparting(held)}, and the run began on a version that cannot wait for an approval.`;
  throw temporalFailure(new NamedFailure('SnapshotRejected', message));
}

/**
 * Aborts if another attempt will do the work, so that this one does not keep its locks. If the run is cancelled
 * while it is saved, the save is completed.
 */
function givenUp(activity: Context): AbortSignal {
  const abort = new AbortController();
  activity.cancellationSignal.addEventListener('abort', () => {
    if (!activity.cancellationDetails?.cancelRequested) abort.abort(workerStopping());
  });
  return abort.signal;
}
