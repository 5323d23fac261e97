import { answer } from '../answer';
import { checksum } from '../simulated-partner';
import type { Auth } from './description';
import type { Guard } from './guard';
import { Tokens } from './tokens';

/** Gives tokens in a header, and lets in requests with the checksum of the newest token and the path. */
export function tokenHeaderGuard(
  auth: Extract<Auth, { kind: 'tokenHeader' }>,
  onToken?: (token: string) => void,
): Guard {
  const tokens = new Tokens(onToken);
  return {
    check({ path, headers }) {
      const given = headers[auth.checksumHeader.toLowerCase()];
      if (given === undefined) return answer(401);
      const token = tokens.newest;
      return token !== undefined && given === checksum(token, path) ? undefined : answer(403);
    },
    tokens: {
      path: auth.path,
      method: 'GET',
      grant: (_request, _body, lifetimeMs) =>
        answer(200, 'OK', { [auth.tokenHeader]: tokens.create(lifetimeMs) }),
      expire: () => tokens.expire(),
    },
  };
}
