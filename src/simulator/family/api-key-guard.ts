import { answer } from '../answer';
import type { Auth } from './description';
import type { Guard } from './guard';

/** Lets in requests with the key in a header. */
export function apiKeyGuard({ header, key }: Extract<Auth, { kind: 'apiKey' }>): Guard {
  return {
    check({ headers }) {
      const given = headers[header.toLowerCase()];
      if (given === undefined) return answer(401);
      return given === key ? undefined : answer(403);
    },
  };
}
