import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hashToken, type Role } from '../../process/api-tokens';
import type { HttpConfig } from '../../process/config';
import { refusalOfOtherSite } from './other-sites';
import { ProblemError } from './problem';
import { isLoopbackHost } from './public-url';
import type { Sessions } from './session';

/** Who may use a route: everybody, or the bearer of a token with at least this role. */
export type Access = 'public' | Role;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `viewer` where a route says nothing. */
    readonly access?: Access;
    /** Whether pages of other origins may send what changes something; the route then checks the origin. */
    readonly crossOrigin?: boolean;
  }
  interface FastifyRequest {
    /** What the sender may do; null before it has shown a token. */
    role: Role | null;
    /** Whether no token is asked for at all. */
    isOpen: boolean;
    /** What the sender's session allows; asks Postgres. On a public route nothing has asked for it before. */
    sessionRole(): Promise<Role | null>;
  }
}

/** What a proxy adds, so that who sends something is not who is connected. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'];

/**
 * Decides who may do what, before anything else is done for a request. Without tokens the API is open, but
 * only on a loopback address, to no proxy, and under a loopback name, so that no page of another site reaches it
 * by a name of its own that leads here (DNS rebinding). With tokens a program sends one as
 * `Authorization: Bearer …`, and a browser the session cookie it got for one.
 */
export function guard(app: FastifyInstance, { tokens, publicUrl }: HttpConfig, sessions: Sessions): void {
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
    // A page cannot know a token of ours.
    const isTrusted = crossOrigin || (!isOpen && request.role !== null);
    const why = isTrusted ? null : refusalOfOtherSite(request, publicUrl, access === 'public');
    if (why !== null) throw refusal(request, 403, why);
    if (access === 'public' || (crossOrigin && isPreflight(request))) return;
    if (bearer === undefined && !isOpen) request.role = await request.sessionRole();
    if (isOpen && PROXY_HEADERS.some((name) => name in request.headers)) {
      throw refusal(request, 403, 'Behind a proxy tokens are needed: set API_TOKENS.');
    }
    if (request.role === null) {
      if (wantsPage(request)) {
        return reply.redirect(loginTo(request.method === 'GET' ? request.url : '/'));
      }
      // A part of a page that is open: htmx then goes there with the whole page.
      if (request.headers['hx-request']) reply.header('HX-Redirect', loginTo(openPageOf(request)));
      reply.header('WWW-Authenticate', 'Bearer');
      throw refusal(request, 401, 'Send a token: `Authorization: Bearer <token>`.');
    }
    if (access === 'operator' && request.role !== 'operator') {
      throw refusal(request, 403, 'This needs the token of an operator; yours is a viewer’s.');
    }
  });
}

function bearerOf({ headers: { authorization } }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

/** Where somebody logs in, and then goes on to the path. */
function loginTo(path: string): string {
  return `/login?next=${encodeURIComponent(path)}`;
}

/** The path of the page for which htmx asks; the overview where it does not say, or names another origin. */
function openPageOf({ headers, host }: FastifyRequest): string {
  const page = URL.parse(String(headers['hx-current-url']));
  return page?.host === host ? page.pathname + page.search : '/';
}

/** A browser asks what it may send before it shows who it is; the answer holds nothing. */
function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** Whether a person asks with a browser, rather than a program. */
export function wantsPage({ headers, url }: FastifyRequest): boolean {
  return !/^\/(api|fhir)\//.test(url) && (headers.accept ?? '').includes('text/html');
}

/** What to throw for a request that may not be; notes it. */
export function refusal(request: FastifyRequest, status: number, why: string): ProblemError {
  logRefusal(request, status);
  return new ProblemError(status, why);
}

/** Notes who was refused what, without what was shown or searched for. */
export function logRefusal({ log, method, url, ip }: FastifyRequest, status: number): void {
  log.warn({ status, method, path: url.split('?')[0], ip }, 'Refused');
}
