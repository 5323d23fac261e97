import { randomUUID } from 'node:crypto';
import accepts from '@fastify/accepts';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { Health } from '../operations/health/health';
import { EncryptionCodec } from '../temporal/payloads/payload-codec';
import type { ApiContext } from './context';
import { fhirRoutes } from './fhir/fhir-routes';
import { guard } from './http/access';
import { refuseOtherMethods } from './http/allowed-methods';
import { answerBrokenRequest } from './http/broken-request';
import { answerConditionally } from './http/conditional-requests';
import { answerBadPath, answerErrors } from './http/errors';
import type { Pages } from './http/face';
import { closeOrderly } from './http/orderly-close';
import { refuseCompressedBodies } from './http/plain-bodies';
import { protect } from './http/protect';
import { Sessions, sessionKeys } from './http/session';
import { refuseUnknownParameters } from './http/strict-queries';
import { describeApi } from './openapi/openapi';
import { codecRoutes } from './routes/codec/codec';
import { healthRoutes } from './routes/health';
import { metricsRoutes } from './routes/metrics';
import { partnerRoutes } from './routes/partners';
import { providerRoutes } from './routes/providers';
import { rejectedRecordRoutes } from './routes/rejected-records';
import { statsRoutes } from './routes/stats';
import { syncApprovalRoutes } from './routes/sync-approvals';
import { syncRoutes } from './routes/syncs';

/** Milliseconds for a request to arrive whole. */
const REQUEST_TIMEOUT_MS = 30_000;
const BODY_LIMIT = 64 * 1024;
/** As long as an address can be: how long an id may be is said, and checked, by its schema. */
const MAX_PARAM_LENGTH = 16 * 1024;
/** Beside the types that are known to be worth it. */
const COMPRESSIBLE = /^application\/x-ndjson\b/;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The HTTP API with the pages, ready to listen. */
export async function createApp(given: Omit<ApiContext, 'health'>, pages: Pages): Promise<FastifyInstance> {
  const context: ApiContext = { ...given, health: new Health(given) };
  const { http, temporal, dataSource, log } = context;
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
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    trustProxy: [...http.trustProxy],
    forceCloseConnections: 'idle',
    frameworkErrors: answerBadPath,
    clientErrorHandler: answerBrokenRequest,
  });
  closeOrderly(app);
  app.removeContentTypeParser('text/plain');
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
  answerErrors(app, pages, dataSource);
  refuseUnknownParameters(app);
  const refuseTheRest = refuseOtherMethods(app);
  await protect(app, http);
  await app.register(accepts);
  await app.register(compress, { customTypes: COMPRESSIBLE, globalDecompression: false });
  await answerConditionally(app);
  await app.register(cookie, { secret: sessionKeys(temporal.payloadKeys) });
  guard(app, http, new Sessions(dataSource, http.publicUrl));
  refuseCompressedBodies(app);
  await describeApi(app, http.tokens.length === 0);
  // Not as a plugin, whose hooks would see its own requests only.
  await metricsRoutes(app, context);
  await app.register(healthRoutes, context);
  await app.register(codecRoutes, {
    prefix: '/codec',
    codec: new EncryptionCodec(temporal.payloadKeys),
    allowedOrigins: originsOf(http.temporalUiUrl),
  });
  await app.register(providerRoutes, context);
  await app.register(syncRoutes, context);
  await app.register(syncApprovalRoutes, context);
  await app.register(partnerRoutes, context);
  await app.register(rejectedRecordRoutes, context);
  await app.register(statsRoutes, context);
  await app.register(fhirRoutes, context);
  await app.register(pages.register, context);
  refuseTheRest();
  return app;
}

/** On this machine people write `localhost` for 127.0.0.1. */
function originsOf(uiUrl: string | null): readonly string[] {
  const origin = uiUrl && new URL(uiUrl).origin;
  return origin ? [origin, origin.replace('//127.0.0.1', '//localhost')] : [];
}
