import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { endSession, startSession } from '../../api/session';
import { hashToken } from '../../process/api-tokens';
import { Login } from '../pages/login';
import { sendPage } from '../render';

/** Tries a minute from one address. */
const TRIES = 10;

/** A path on this origin: `//host` and `\` would lead elsewhere, and a header holds printable ASCII only. */
const localPath = z
  .string()
  .max(2_000)
  .regex(/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/)
  .catch('/');

/** `/login` and `/logout`, where people use the tokens that programs send. */
export async function loginRoutes(root: FastifyInstance, { http, log }: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const known = new Set(http.tokens.map(({ hash }) => hash));
  const title = 'Log in';

  app.get(
    '/login',
    { config: { access: 'public' }, schema: { querystring: z.object({ next: localPath.default('/') }) } },
    (request, reply) => {
      const { next } = request.query;
      if (request.role) return reply.redirect(next, 303);
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
        log.warn({ ip: request.ip }, 'Refused: a login with a token that is not known');
        return sendPage(request, reply, { title, status: 401 }, <Login next={next} hasFailed />);
      }
      startSession(request, reply, hash);
      return reply.redirect(next, 303);
    },
  );

  app.post('/logout', { config: { access: 'public' } }, (request, reply) => {
    endSession(request, reply);
    return reply.redirect('/login', 303);
  });
}
