import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpConfig } from '../../process/config';
import { ProblemError } from './problem';
import { isLoopbackHost, isSecure } from './public-url';
import { logRefusal } from './refusal';

/** Requests per minute from one address: far more than a person or a polite program sends. */
const MAX_REQUESTS = 6_000;

/** One year, which the preload lists of browsers require. */
const TLS_ONLY = 'max-age=31536000';
/** The pages use none of the features for which a browser asks permission. */
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

/** Sets the security headers, and limits the requests of each address. */
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
    // The hook below sets these three headers, if the browser accepts them.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: false,
  });
  app.addHook('onRequest', async (request, reply) => {
    // Responses contain personal data. A client may still store one on purpose, and revalidate it by its ETag.
    reply.header('Cache-Control', 'no-store');
    reply.header('Permissions-Policy', NO_PERMISSIONS);
    if (isSecure(request, publicUrl)) reply.header('Strict-Transport-Security', TLS_ONLY);
    // Over plain HTTP to another machine, a browser ignores these two and reports an error.
    if (isSecure(request, publicUrl) || isLoopbackHost(request.host)) {
      reply.header('Cross-Origin-Opener-Policy', 'same-origin');
      reply.header('Origin-Agent-Cluster', '?1');
    }
  });
  await app.register(rateLimit, {
    global: false,
    max: MAX_REQUESTS,
    timeWindow: '1 minute',
    errorResponseBuilder: (request, { ttl }) => tooMany(request, Math.ceil(ttl / 1000)),
  });
  // A separate hook, because it has to run before access is checked and count the requests refused there.
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
