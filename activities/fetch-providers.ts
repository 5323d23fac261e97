import type { Activities } from '../src/contract/activities';
import { type CallObservers, callPartner, findForCall } from './call-partner';
import type { FindPartner } from './dependencies';

/**
 * Gets and checks the partner's records; each attempt is one call. Of an answer that must not be stored only the
 * rejected records are passed on.
 */
export function createFetchProviders(
  findPartner: FindPartner,
  observers: CallObservers,
): Activities['fetchProviders'] {
  return async (input) => {
    const { partner, client } = findForCall(findPartner, 'providers', input);
    const { value, report } = await callPartner(observers, 'providers', input, partner, (progress, signal) =>
      client.fetchProviders(input.token, progress, signal),
    );
    return { ...value, ...report };
  };
}
