import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hashToken, type Role } from '../../process/api-tokens';
import type { HttpConfig } from '../../process/config';
import type { FaceOf } from './face';
import { isLoopbackHost } from './public-url';
import { refusal } from './refusal';
import { refusalOfOtherSite } from './refusal-of-other-site';
import type { Sessions } from './sessions';

/** Who may use a route: everyone, or the bearer of a token with at least this role. */
export type Access = 'public' | Role;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `viewer` by default. */
    readonly access?: Access;
    /** Whether pages of other origins may send requests that change something. The route then checks the origin. */
    readonly crossOrigin?: boolean;
  }
  interface FastifyRequest {
    /** What the sender may do; null until it has shown a token. */
    role: Role | null;
    /** Whether no tokens are configured, so that none is needed. */
    isOpen: boolean;
    /** The role of the sender's session, read from Postgres. Public routes have to call this themselves. */
    sessionRole(): Promise<Role | null>;
  }
}

/** Headers that a proxy adds. With one of them, the address of the connection is not the sender's. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'];

/** RFC 6750, section 3. */
const WITHOUT_TOKEN = {
  challenge: 'Bearer',
  detail: 'Send a token: `Authorization: Bearer <token>`.',
};
const UNKNOWN_TOKEN = {
  challenge: 'Bearer error="invalid_token"',
  detail: 'The token is unknown: send one whose hash is in API_TOKENS.',
};

export interface GuardOptions extends Pick<HttpConfig, 'tokens' | 'publicUrl'> {
  readonly sessions: Sessions;
  readonly faceOf: FaceOf;
}

/**
 * Decides who may do what, before anything else is done for a request. Without tokens the API is open, but only
 * on a loopback address, without a proxy, and under a loopback name. So no page of another site reaches it under
 * a name of its own that resolves to this machine (DNS rebinding). With tokens, a program sends one as
 * `Authorization: Bearer …`, and a browser sends the session cookie that it received for one.
 */
export function guard(app: FastifyInstance, { tokens, publicUrl, sessions, faceOf }: GuardOptions): void {
  const isOpen = tokens.length === 0;
  const roles = new Map(tokens.map(({ hash, role }) => [hash, role]));
  const roleOf = (hashes: readonly string[]): Role | null =>
    hashes.map((hash) => roles.get(hash)).find((role) => role !== undefined) ?? null;

  app.decorateRequest('role', null);
  app.decorateRequest('isOpen', isOpen);
  app.decorateRequest('sessionRole', async function (this: FastifyRequest) {
    return roleOf(await sessions.tokenHashes(this));
  });
  app.addHook('onRequest', async (request, reply) => {
    const { access = 'viewer', crossOrigin = false } = request.routeOptions.config;
    if (isOpen && !isLoopbackHost(request.host)) {
      throw refusal(request, 421, 'This address is served under its loopback name only.');
    }
    const bearer = bearerOf(request);
    request.role = isOpen ? 'operator' : roleOf(bearer === undefined ? [] : [hashToken(bearer)]);
    // A page of another site cannot know a token of ours.
    const isTrusted = crossOrigin || (!isOpen && request.role !== null);
    const why = isTrusted ? null : refusalOfOtherSite(request, publicUrl, access === 'public');
    if (why !== null) throw refusal(request, 403, why);
    if (access === 'public' || (crossOrigin && isPreflight(request))) return;
    if (bearer === undefined && !isOpen) request.role = await request.sessionRole();
    if (isOpen && PROXY_HEADERS.some((name) => name in request.headers)) {
      throw refusal(request, 403, 'Tokens are needed behind a proxy: set API_TOKENS.');
    }
    if (request.role === null) {
      const led = faceOf(request).leadToLogin?.(request, reply);
      if (led) return led;
      const { challenge, detail } = bearer === undefined ? WITHOUT_TOKEN : UNKNOWN_TOKEN;
      reply.header('WWW-Authenticate', challenge);
      throw refusal(request, 401, detail);
    }
    if (access === 'operator' && request.role !== 'operator') {
      throw refusal(request, 403, 'This needs the token of an operator; yours is a viewer’s.');
    }
  });
}

function bearerOf({ headers: { authorization } }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

/** A browser sends a preflight without credentials. The answer holds no data. */
function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}
