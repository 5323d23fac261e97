import type { Activities } from '../src/contract/activities';
import { UnreadablePayload } from '../src/contract/unreadable-payload';
import { classifyStoreError } from '../src/store/postgres/store-failure';
import { recordCall } from '../src/store/runs/record-call';
import { createAuthenticate } from './authenticate';
import type { CallObservers } from './call-partner';
import { createCloseRun } from './close-run';
import { type ActivityDependencies, createFindPartner } from './dependencies';
import { createFetchProviders } from './fetch-providers';
import { createOpenRun } from './open-run';
import { createPauseFailingSchedule } from './pause-failing-schedule';
import { createPersistProviders } from './persist-providers';
import { InvalidStepError, temporalFailure } from './temporal-failure';

export type { ActivityDependencies } from './dependencies';

/** The five activities, on the partners and the store they are given. */
export function createActivities({
  partners,
  dataSource,
  isStillRunning,
  searchable,
  pauseSchedule,
  isAwaited,
  log,
}: ActivityDependencies): Activities {
  const findPartner = createFindPartner(partners);
  const observers: CallObservers = {
    log,
    isAwaited,
    // For those who watch the run; its end stores the calls again, in its own transaction.
    record: (run, call) => {
      recordCall(dataSource, run, call).catch((error) =>
        log.warn({ run, failure: classifyStoreError(error) }, 'A call is not in the ledger yet'),
      );
    },
  };
  const pauseFailingSchedule = createPauseFailingSchedule(partners, dataSource, pauseSchedule);
  return {
    openRun: readable(createOpenRun(partners, dataSource, isStillRunning, searchable, log)),
    authenticate: readable(createAuthenticate(findPartner, observers)),
    fetchProviders: readable(createFetchProviders(findPartner, observers)),
    persistProviders: readable(createPersistProviders(findPartner, dataSource, log)),
    closeRun: readable(createCloseRun(dataSource, pauseFailingSchedule, log)),
  };
}

/** The activity, refusing by name an input that could not be read. */
function readable<I, O>(activity: (input: I) => Promise<O>): (input: I) => Promise<O> {
  return async (input) => {
    if (input instanceof UnreadablePayload) {
      throw temporalFailure(
        new InvalidStepError(`The input of the step could not be read: ${input.reason}.`),
      );
    }
    return activity(input);
  };
}
