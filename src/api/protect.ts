import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { logRefusal } from './access';
import { ProblemError } from './problem';

/** Requests a minute from one address: far more than a person or a polite program sends. */
const MOST_REQUESTS = 6_000;

/** Headers that keep a browser from doing what a page did not ask for, and a limit for each sender. */
export async function protect(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'same-origin' },
    // Whoever terminates TLS for us says so.
    strictTransportSecurity: false,
  });
  app.addHook('onRequest', async (_request, reply) => {
    // Names of people: for whoever asked, and asked for anew, by its ETag, each time.
    reply.header('Cache-Control', 'private, no-cache');
  });
  await app.register(rateLimit, {
    global: false,
    max: MOST_REQUESTS,
    timeWindow: '1 minute',
    errorResponseBuilder: (request, { ttl }) => tooMany(request, Math.ceil(ttl / 1000)),
  });
  // A hook of its own, so that it comes before access is checked, and counts what is refused there.
  const count = app.createRateLimit();
  app.addHook('onRequest', async (request, reply) => {
    const limit = await count(request);
    if (limit.isAllowed || !limit.isExceeded) return;
    reply.header('Retry-After', limit.ttlInSeconds);
    throw tooMany(request, limit.ttlInSeconds);
  });
}

function tooMany(request: FastifyRequest, seconds: number): ProblemError {
  logRefusal(request, 429);
  return new ProblemError(429, `Too many requests from your address; go on in ${seconds} s.`);
}
