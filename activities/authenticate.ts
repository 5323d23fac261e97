import type { Activities } from '../src/contract/activities';
import { type CallObservers, callPartner, findForCall } from './call-partner';
import type { FindPartner } from './dependencies';

/** Gets a token from the partner; each attempt is one call. */
export function createAuthenticate(
  findPartner: FindPartner,
  observers: CallObservers,
): Activities['authenticate'] {
  return async (input) => {
    const { partner, client } = findForCall(findPartner, 'auth', input);
    const { value: token, report } = await callPartner(
      observers,
      'auth',
      input,
      partner,
      client.authenticate,
    );
    return { token, ...report };
  };
}
