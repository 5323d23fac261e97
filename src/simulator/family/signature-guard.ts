import { createHmac } from 'node:crypto';
import { answer } from '../answer';
import type { Auth } from './description';
import type { Guard } from './guard';

/**
 * Lets in requests that are signed: HMAC-SHA-256, in hex, of the method, the path and the time in seconds since 1970,
 * with a line feed between them.
 */
export function signatureGuard(auth: Extract<Auth, { kind: 'signature' }>): Guard {
  const { signatureHeader, timeHeader, key, windowSeconds } = auth;
  return {
    check({ method, path, headers }) {
      const signature = headers[signatureHeader.toLowerCase()];
      const time = headers[timeHeader.toLowerCase()];
      if (signature === undefined || typeof time !== 'string' || !/^\d+$/.test(time)) return answer(401);
      if (Math.abs(Date.now() / 1000 - Number(time)) > windowSeconds) return answer(401);
      const expected = createHmac('sha256', key).update([method, path, time].join('\n')).digest('hex');
      return signature === expected ? undefined : answer(403);
    },
  };
}
