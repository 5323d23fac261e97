import type { ErasureActivities } from '../src/contract/erasure';
import { createStoredIdentity, type StoredProvider } from '../src/partner/answer/stored-identity';
import { eraseProvider } from '../src/store/erase/erase-provider';
import { uneraseProvider } from '../src/store/erase/unerase-provider';
import type { Dependencies } from './dependencies';
import { failingAsTemporal } from './temporal-failure';
import { withHeartbeats } from './with-heartbeats';

/** Erases a person in one transaction. A person who was erased before keeps the earlier receipt. */
export function createEraseProvider({
  dataSource,
  partners,
  payloadKeys,
  subscriptions,
  log,
}: Dependencies): ErasureActivities['eraseProvider'] {
  const identityKeyOf = (name: string, provider: StoredProvider) => {
    const partner = partners.get(name);
    return partner ? createStoredIdentity(partner)(provider) : null;
  };
  return async ({ erasureId, providerId, by = null, reason = null }) => {
    const erasure = { erasureId, providerId, by, reason, payloadKeys, subscriptions, identityKeyOf };
    const receipt = await withHeartbeats(() =>
      failingAsTemporal(() => eraseProvider(dataSource, erasure), log),
    );
    if (receipt?.id === erasureId) {
      log.info({ erasure: receipt.id, removed: receipt.removed }, 'Person erased');
    }
    return receipt;
  };
}

/** Lets an erased person come back with the partner's next answer. */
export function createUneraseProvider({
  dataSource,
  log,
}: Dependencies): ErasureActivities['uneraseProvider'] {
  return async ({ erasureId, by = null }) => {
    const receipt = await withHeartbeats(() =>
      failingAsTemporal(() => uneraseProvider(dataSource, erasureId, by), log),
    );
    if (receipt) log.info({ erasure: receipt.id }, 'An erased person may come back');
    return receipt;
  };
}
