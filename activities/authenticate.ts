import type { Activities } from '../src/contract/activities';
import { callPartner, findForCall } from './call-partner';
import type { Dependencies } from './dependencies';

/** Gets a token from the partner. Each attempt makes one call. */
export function createAuthenticate(dependencies: Dependencies): Activities['authenticate'] {
  return async (input) => {
    const { partner, client } = findForCall(dependencies.findPartner, 'auth', input);
    const { value: token, report } = await callPartner(
      dependencies,
      'auth',
      input,
      partner,
      client.authenticate,
    );
    return { token, ...report };
  };
}
