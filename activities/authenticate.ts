import type { Activities } from '../src/contract/sync';
import type { Logger } from '../src/process/logger';
import { callPartner } from './call-partner';
import type { FindPartner } from './dependencies';

/** Gets a token from the partner; each attempt is one call. */
export function createAuthenticate(findPartner: FindPartner, log: Logger): Activities['authenticate'] {
  return async (input) => {
    const { partner, client } = findPartner(input.partner);
    const { value: token, calls } = await callPartner('auth', input, partner, log, client.authenticate);
    return { token, calls };
  };
}
