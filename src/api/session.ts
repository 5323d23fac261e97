import { hkdfSync } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PayloadKeys } from '../process/payload-keys';

const COOKIE = 'provider_sync_session';
const LIFETIME_S = 12 * 60 * 60;

/**
 * The keys that sign session cookies, derived from those for payloads, so that every API process knows them
 * and there is no further secret to keep. The first signs, all are accepted.
 */
export function sessionKeys(payloadKeys: PayloadKeys): string[] {
  return payloadKeys.map(({ secret }) =>
    Buffer.from(hkdfSync('sha256', secret.export(), '', 'provider-sync session', 32)).toString('hex'),
  );
}

/**
 * Lets a browser go on as the bearer of the token with this hash, for twelve hours at most; a token that is
 * taken out of the configuration ends its sessions.
 */
export function startSession(request: FastifyRequest, reply: FastifyReply, tokenHash: string): void {
  const expires = Math.floor(Date.now() / 1000) + LIFETIME_S;
  reply.setCookie(COOKIE, `${tokenHash}.${expires}`, {
    ...cookieOf(request),
    maxAge: LIFETIME_S,
    signed: true,
  });
}

export function endSession(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(COOKIE, cookieOf(request));
}

/** The hash of the token that the session was started with; empty where there is none that holds. */
export function readSession(request: FastifyRequest): string {
  const cookie = request.cookies[COOKIE];
  const { valid, value } = cookie ? request.unsignCookie(cookie) : { valid: false, value: null };
  const [hash = '', expires = ''] = valid ? (value ?? '').split('.') : [];
  return Number(expires) > Date.now() / 1000 ? hash : '';
}

function cookieOf(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const;
}
