import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpConfig } from '../../process/config';
import { logRefusal } from './access';
import { ProblemError } from './problem';
import { isLoopbackHost, isSecure } from './public-url';

/** Requests a minute from one address: far more than a person or a polite program sends. */
const MOST_REQUESTS = 6_000;

/** A year, as lists of sites that are known to use TLS ask for. */
const TLS_ONLY = 'max-age=31536000';
/** The pages use none of what browsers would ask a person's permission for. */
const NO_PERMISSIONS = [
  'camera',
  'display-capture',
  'geolocation',
  'microphone',
  'payment',
  'publickey-credentials-get',
  'usb',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/** Headers that keep a browser from doing what a page did not ask for, and a limit for each sender. */
export async function protect(app: FastifyInstance, { publicUrl }: HttpConfig): Promise<void> {
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
    // These three only where a browser accepts them, see below.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: false,
  });
  app.addHook('onRequest', async (request, reply) => {
    // Answers hold personal data. A sender may still keep one on purpose, and ask by its ETag whether it changed.
    reply.header('Cache-Control', 'no-store');
    reply.header('Permissions-Policy', NO_PERMISSIONS);
    if (isSecure(request, publicUrl)) reply.header('Strict-Transport-Security', TLS_ONLY);
    // By plain HTTP to another machine a browser ignores these, and reports that as an error.
    if (isSecure(request, publicUrl) || isLoopbackHost(request.host)) {
      reply.header('Cross-Origin-Opener-Policy', 'same-origin');
      reply.header('Origin-Agent-Cluster', '?1');
    }
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
  return new ProblemError(429, `Too many requests from your address. Try again in ${seconds} s.`);
}
