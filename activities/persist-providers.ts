import { Context } from '@temporalio/activity';
import type { DataSource } from 'typeorm';
import type { Activities, PersistProvidersInput } from '../src/contract/activities';
import type { CheckedAnswer } from '../src/contract/answer';
import { explainDeparting } from '../src/contract/approval';
import { isStepReport } from '../src/contract/results';
import { TIMEOUTS } from '../src/contract/timeouts';
import { recheckAnswer } from '../src/partner/answer/recheck-answer';
import { type StoredProvider, storedIdentityKey } from '../src/partner/answer/stored-identity';
import { explainUnusable } from '../src/partner/answer/unusable-answer';
import type { Partner } from '../src/partner/config/partner';
import type { Logger } from '../src/process/logger';
import { saveSync } from '../src/store/save/save-sync';
import type { FindPartner } from './dependencies';
import {
  failingAsTemporal,
  InvalidStepError,
  temporalFailure,
  UnapprovableError,
  UnusableAnswerError,
  WorkerStoppingError,
} from './temporal-failure';

/**
 * Stores the checked answer and ends the run as succeeded, in one transaction; doing it twice changes nothing.
 * The answer is checked here once more, whatever the fetch reported of it: it came through Temporal.
 * A snapshot that would mark too many people as left only makes the run wait for an approval.
 */
export function createPersistProviders(
  findPartner: FindPartner,
  dataSource: DataSource,
  log: Logger,
): Activities['persistProviders'] {
  return async (input) => {
    const { partner } = await failingAsTemporal(async () => findPartner(input.partner));
    const activity = Context.current();
    const lines = log.child({ partner: partner.name, run: input.runId, attempt: activity.info.attempt });
    const beat = setInterval(() => activity.heartbeat(), TIMEOUTS.saveHeartbeat);
    try {
      const answer = await answerToStore(partner, input);
      const { feed, maximumDeparted, approveWithin } = partner;
      const rule = { maximumDeparted, approveWithin, approval: input.approval ?? null };
      const identityKeyOf = (provider: StoredProvider) => storedIdentityKey(partner, provider);
      const saved = await failingAsTemporal(
        () => saveSync(dataSource, { ...input, answer, feed, rule, identityKeyOf }, givenUp(activity)),
        lines,
      );
      if (!('status' in saved)) {
        lines.info({ counts: saved }, 'Run succeeded');
        return { runId: input.runId, ...saved };
      }
      // A workflow of the version before takes whatever comes back for counts, and would end as succeeded.
      if (input.approval === undefined) throw temporalFailure(new UnapprovableError(saved));
      lines.warn({ deadline: saved.deadline }, `Run waits for approval: ${explainDeparting(saved)}`);
      return { runId: input.runId, ...saved };
    } finally {
      clearInterval(beat);
    }
  };
}

/** @throws ApplicationFailure `InvalidResult` or `UnusableAnswer` */
async function answerToStore(
  partner: Partner,
  { answer, calls }: PersistProvidersInput,
): Promise<CheckedAnswer> {
  try {
    if (!isStepReport({ calls })) throw new InvalidStepError('The calls to store have another shape.');
    const rechecked = await recheckAnswer(partner, answer);
    const unusable = explainUnusable(rechecked, partner.providers);
    if (unusable !== null) throw new UnusableAnswerError(unusable);
    return rechecked;
  } catch (error) {
    throw temporalFailure(error);
  }
}

/**
 * Aborts where the next attempt is left to do the work, so that this one does not keep its locks from it. A run
 * that is cancelled while it is saved is saved to the end.
 */
function givenUp(activity: Context): AbortSignal {
  const cut = new AbortController();
  activity.cancellationSignal.addEventListener('abort', () => {
    if (!activity.cancellationDetails?.cancelRequested) cut.abort(new WorkerStoppingError());
  });
  return cut.signal;
}
