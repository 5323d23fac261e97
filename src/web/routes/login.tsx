import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { ProblemError } from '../../api/http/problem';
import { Sessions } from '../../api/http/sessions';
import { hashToken, type Role } from '../../process/api-tokens';
import { whatToLog } from '../../temporal/connection/what-to-log';
import { Login } from '../pages/login';
import { sendPage, wantsPage } from '../render';

/** Login attempts per minute from one address. */
const TRIES = 10;

/** A path on this origin: `//host` and `\` would lead elsewhere, and a header holds printable ASCII only. */
const localPath = z
  .string()
  .max(2_000)
  .regex(/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/)
  .catch('/');

/** `/login` and `/logout`, where people use the tokens that programs send. */
export async function loginRoutes(
  root: FastifyInstance,
  { http, dataSource, log }: ApiContext,
): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const known = new Set(http.tokens.map(({ hash }) => hash));
  const sessions = new Sessions(dataSource, http.publicUrl);
  const title = 'Log in';

  app.get(
    '/login',
    { config: { access: 'public' }, schema: { querystring: z.object({ next: localPath.default('/') }) } },
    async (request, reply) => {
      const { next } = request.query;
      if (await roleOf(request)) return reply.redirect(next, 303);
      return sendPage(request, reply, { title }, <Login next={next} hasFailed={false} />);
    },
  );

  app.post(
    '/login',
    {
      config: { access: 'public', rateLimit: { max: TRIES, timeWindow: '1 minute' } },
      schema: { body: z.object({ token: z.string().trim().max(500), next: localPath.default('/') }) },
    },
    (request, reply) => {
      const { token, next } = request.body;
      const hash = hashToken(token);
      if (!known.has(hash)) {
        log.warn({ ip: request.ip }, 'Login refused: unknown token');
        return sendPage(request, reply, { title, status: 401 }, <Login next={next} hasFailed />);
      }
      sessions.start(request, reply, hash);
      return reply.redirect(next, 303);
    },
  );

  app.post('/logout', { config: { access: 'public' } }, async (request, reply) => {
    await sessions.end(request, reply).catch(refuseToEnd(request));
    return reply.redirect('/login', 303);
  });
}

/** The role of the session; null also if Postgres does not answer, because a login needs no database. */
async function roleOf(request: FastifyRequest): Promise<Role | null> {
  try {
    return request.role ?? (await request.sessionRole());
  } catch (error) {
    request.log.warn(whatToLog(error), 'Session check failed');
    return null;
  }
}

/** Keeps the cookie, so that the user can try again; a copy of it would stay valid otherwise. */
function refuseToEnd(request: FastifyRequest): (error: unknown) => never {
  return (error) => {
    request.log.warn(whatToLog(error), 'Logout failed');
    throw new ProblemError(
      503,
      'You are still logged in, because the database is unavailable. Try again in a moment.',
    );
  };
}

/** Redirects a browser to the login, which then leads back to the page. Programs are refused with 401. */
export function leadToLogin(request: FastifyRequest, reply: FastifyReply): FastifyReply | null {
  if (wantsPage(request)) return reply.redirect(loginTo(request.method === 'GET' ? request.url : '/'));
  // htmx asks for a part of the open page: with this header it loads the login instead of that page.
  if (request.headers['hx-request']) reply.header('HX-Redirect', loginTo(openPageOf(request)));
  return null;
}

function loginTo(path: string): string {
  return `/login?next=${encodeURIComponent(path)}`;
}

/** The path of the page that htmx has open; the overview if it is unknown or of another origin. */
function openPageOf({ headers, host }: FastifyRequest): string {
  const page = URL.parse(String(headers['hx-current-url']));
  return page?.host === host ? page.pathname + page.search : '/';
}
