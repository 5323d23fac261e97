import { Context } from '@temporalio/activity';
import type { ErasureActivities } from '../src/contract/erasure';
import { TIMEOUTS } from '../src/contract/timeouts';
import { createStoredIdentity, type StoredProvider } from '../src/partner/answer/stored-identity';
import { eraseProvider } from '../src/store/erase/erase-provider';
import { uneraseProvider } from '../src/store/erase/unerase-provider';
import type { Dependencies } from './dependencies';
import { failingAsTemporal } from './temporal-failure';

/** Erases a person in one transaction. A second execution returns the receipt of the first. */
export function createEraseProvider({
  dataSource,
  partners,
  payloadKeys,
  log,
}: Dependencies): ErasureActivities['eraseProvider'] {
  const identityKeyOf = (name: string, provider: StoredProvider) => {
    const partner = partners.get(name);
    return partner ? createStoredIdentity(partner)(provider) : null;
  };
  return async ({ erasureId, providerId, by = null }) => {
    const erasure = { erasureId, providerId, by, payloadKeys, identityKeyOf };
    const receipt = await beating(() => failingAsTemporal(() => eraseProvider(dataSource, erasure), log));
    if (receipt) log.info({ erasure: receipt.id, removed: receipt.removed }, 'Person erased');
    return receipt;
  };
}

/** Lets an erased person come back with the partner's next answer. */
export function createUneraseProvider({
  dataSource,
  log,
}: Dependencies): ErasureActivities['uneraseProvider'] {
  return async ({ erasureId, by = null }) => {
    const receipt = await beating(() =>
      failingAsTemporal(() => uneraseProvider(dataSource, erasureId, by), log),
    );
    if (receipt) log.info({ erasure: receipt.id }, 'An erased person may come back');
    return receipt;
  };
}

/** Sends heartbeats, by whose silence Temporal finds a lost worker. */
async function beating<T>(step: () => Promise<T>): Promise<T> {
  const activity = Context.current();
  const beat = setInterval(() => activity.heartbeat(), TIMEOUTS.saveHeartbeat);
  try {
    return await step();
  } finally {
    clearInterval(beat);
  }
}
