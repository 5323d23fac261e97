import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { ExpectedError } from '../process/expected-error';

/** Requests a minute from one address: far more than a person or a polite program sends. */
const MOST_REQUESTS = 6_000;

class TooManyRequestsError extends ExpectedError {
  readonly statusCode = 429;
}

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
  await app.register(rateLimit, {
    max: MOST_REQUESTS,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { after }) =>
      new TooManyRequestsError(`Too many requests from your address; go on in ${after}.`),
  });
}
