import type { Activities } from '../src/contract/sync';
import { recordCall } from '../src/store/record-call';
import { classifyStoreError } from '../src/store/store-failure';
import { createAuthenticate } from './authenticate';
import type { CallObservers } from './call-partner';
import { createCloseRun } from './close-run';
import { type ActivityDependencies, createFindPartner } from './dependencies';
import { createFetchProviders } from './fetch-providers';
import { createOpenRun } from './open-run';
import { createPauseFailingSchedule } from './pause-failing-schedule';
import { createPersistProviders } from './persist-providers';

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
    // A courtesy for those who watch; the run's end brings the calls again, in its own transaction.
    record: (run, call) => {
      recordCall(dataSource, run, call).catch((error) =>
        log.warn({ run, failure: classifyStoreError(error) }, 'A call is not in the ledger yet'),
      );
    },
  };
  const pauseFailingSchedule = createPauseFailingSchedule(partners, dataSource, pauseSchedule);
  return {
    openRun: createOpenRun(findPartner, dataSource, isStillRunning, searchable, log),
    authenticate: createAuthenticate(findPartner, observers),
    fetchProviders: createFetchProviders(findPartner, observers),
    persistProviders: createPersistProviders(findPartner, dataSource, log),
    closeRun: createCloseRun(dataSource, pauseFailingSchedule, log),
  };
}
