import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { EncryptionCodec } from '../temporal/payload-codec';
import { guard } from './access';
import { codecRoutes } from './codec';
import type { ApiContext } from './context';
import { answerErrors } from './errors';
import { healthRoutes } from './health';
import { sessionKeys } from './session';

/** Milliseconds for a request to arrive whole. */
const REQUEST_TIMEOUT_MS = 30_000;
const BODY_LIMIT = 64 * 1024;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The HTTP API, ready to listen; the pages are registered on it. */
export async function createApp(context: ApiContext): Promise<FastifyInstance> {
  const { http, temporal, log } = context;
  const loggerInstance: FastifyBaseLogger = log.child({ component: 'api' });
  const app: FastifyInstance = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: ({ headers }) => {
      const given = String(headers['x-request-id'] ?? '');
      return REQUEST_ID.test(given) ? given : randomUUID();
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    bodyLimit: BODY_LIMIT,
    trustProxy: [...http.trustProxy],
    forceCloseConnections: true,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log.debug(
      {
        method: request.method,
        path: request.routeOptions.url,
        status: reply.statusCode,
        tookMs: reply.elapsedTime,
      },
      'Answered',
    );
  });
  answerErrors(app);
  await app.register(cookie, { secret: sessionKeys(temporal.payloadKeys) });
  guard(app, http);
  await app.register(healthRoutes, context);
  await app.register(codecRoutes, {
    codec: new EncryptionCodec(temporal.payloadKeys),
    allowedOrigins: originsOf(http.temporalUiUrl),
  });
  return app;
}

/** On this machine people write `localhost` for 127.0.0.1. */
function originsOf(uiUrl: string | null): readonly string[] {
  const origin = uiUrl && new URL(uiUrl).origin;
  return origin ? [origin, origin.replace('//127.0.0.1', '//localhost')] : [];
}
