import type { Activities } from '../src/contract/activities';
import type { ErasureActivities } from '../src/contract/erasure';
import { NamedFailure } from '../src/contract/named-failure';
import type { PruneActivities } from '../src/contract/prune';
import { UnreadablePayload } from '../src/contract/unreadable-payload';
import type { WebhookActivities } from '../src/contract/webhooks';
import { createAuthenticate } from './authenticate';
import { createCloseRun } from './close-run';
import { createDeliverWebhooks } from './deliver-webhooks';
import { createDependencies, type WorkerResources } from './dependencies';
import { createEraseProvider, createUneraseProvider } from './erase-provider';
import { createFetchProviders } from './fetch-providers';
import { createOpenRun } from './open-run';
import { createPersistProviders } from './persist-providers';
import { createPruneHistory } from './prune-history';
import { createReplayProviders } from './replay-providers';
import { createRequestWebhooks } from './request-webhooks';
import { temporalFailure } from './temporal-failure';

/** Creates the activities of a worker. */
export function createActivities(
  resources: WorkerResources,
): Activities & PruneActivities & ErasureActivities & WebhookActivities {
  const dependencies = createDependencies(resources);
  return {
    openRun: refusingUnreadable(createOpenRun(dependencies)),
    authenticate: refusingUnreadable(createAuthenticate(dependencies)),
    fetchProviders: refusingUnreadable(createFetchProviders(dependencies)),
    replayProviders: refusingUnreadable(createReplayProviders(dependencies)),
    persistProviders: refusingUnreadable(createPersistProviders(dependencies)),
    closeRun: refusingUnreadable(createCloseRun(dependencies)),
    eraseProvider: refusingUnreadable(createEraseProvider(dependencies)),
    uneraseProvider: refusingUnreadable(createUneraseProvider(dependencies)),
    deliverWebhooks: refusingUnreadable(createDeliverWebhooks(dependencies)),
    requestWebhooks: refusingUnreadable(createRequestWebhooks(dependencies)),
    pruneHistory: refusingUnreadable(createPruneHistory(dependencies)),
  };
}

/** Wraps an activity so that an unreadable input fails it as `InvalidResult`. */
function refusingUnreadable<I, O>(activity: (input: I) => Promise<O>): (input: I) => Promise<O> {
  return async (input) => {
    if (input instanceof UnreadablePayload) {
      const message = `The input of the step could not be read: ${input.reason}.`;
      throw temporalFailure(new NamedFailure('InvalidResult', message));
    }
    return activity(input);
  };
}
