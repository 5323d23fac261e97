import type { Activities } from '../src/contract/sync';
import { createAuthenticate } from './authenticate';
import { createCloseRun } from './close-run';
import { type ActivityDependencies, createFindPartner } from './dependencies';
import { createFetchProviders } from './fetch-providers';
import { createOpenRun } from './open-run';
import { createPersistProviders } from './persist-providers';

export type { ActivityDependencies } from './dependencies';

/** The five activities, on the partners and the store they are given. */
export function createActivities({
  partners,
  dataSource,
  isStillRunning,
  log,
}: ActivityDependencies): Activities {
  const findPartner = createFindPartner(partners);
  return {
    openRun: createOpenRun(findPartner, dataSource, isStillRunning, log),
    authenticate: createAuthenticate(findPartner, log),
    fetchProviders: createFetchProviders(findPartner, log),
    persistProviders: createPersistProviders(findPartner, dataSource, log),
    closeRun: createCloseRun(dataSource, log),
  };
}
