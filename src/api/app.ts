import { randomUUID } from 'node:crypto';
import accepts from '@fastify/accepts';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { Registry } from 'prom-client';
import { Health } from '../operations/health/health';
import type { ApiContext } from './context';
import { FHIR } from './fhir/fhir';
import { answerConditionally } from './http/answer-conditionally';
import { answerErrors, badPathAnswer } from './http/answer-errors';
import { closeOrderly } from './http/close-orderly';
import { CursorSeal } from './http/cursor-seal';
import { type FaceOf, findFaceAmong, type Pages } from './http/face';
import { guard } from './http/guard';
import { measureRequests } from './http/measure-requests';
import { answerBrokenRequest } from './http/problem';
import { protect } from './http/protect';
import { refuseCompressedBodies } from './http/refuse-compressed-bodies';
import { Sessions, sessionKeys } from './http/sessions';
import { traceRequests } from './http/trace-requests';
import { describeApi } from './openapi/describe-api';
import { JSON_API } from './routes/json-api';

/** Milliseconds for a request to arrive whole. */
const REQUEST_TIMEOUT_MS = 30_000;
const BODY_LIMIT = 64 * 1024;
/** The longest possible address. The schema of an id says how long an id may be, and checks it. */
const MAX_PARAM_LENGTH = 16 * 1024;
/** In addition to the types that the plug-in compresses. */
const COMPRESSIBLE = /^application\/x-ndjson\b/;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The HTTP API with the pages, ready to listen. */
export async function createApp(
  given: Omit<ApiContext, 'health' | 'cursors' | 'metrics'>,
  pages: Pages,
): Promise<FastifyInstance> {
  const context: ApiContext = {
    ...given,
    health: new Health(given),
    cursors: new CursorSeal(given.temporal.payloadKeys),
    metrics: new Registry(),
  };
  const { http, temporal, dataSource } = context;
  const faces = [JSON_API, FHIR, pages];
  const faceOf = findFaceAmong(faces, pages);
  const app = createServer(context, faceOf);
  traceRequests(app);
  identifyAndLog(app);
  answerErrors(app, faceOf, dataSource);
  await protect(app, http);
  await app.register(accepts);
  await app.register(compress, { customTypes: COMPRESSIBLE, globalDecompression: false });
  await answerConditionally(app);
  await app.register(cookie, { secret: sessionKeys(temporal.payloadKeys) });
  guard(app, { ...http, sessions: new Sessions(dataSource, http.publicUrl), faceOf });
  refuseCompressedBodies(app);
  measureRequests(app, context.metrics);
  await describeApi(app, context, pages.icon);
  for (const { register } of faces) await app.register(register, context);
  return app;
}

function createServer({ http, log }: ApiContext, faceOf: FaceOf): FastifyInstance {
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
    frameworkErrors: badPathAnswer(faceOf),
    clientErrorHandler: answerBrokenRequest,
  });
  closeOrderly(app);
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  return app;
}

/** Gives each answer the id of its request, and logs it: as info if an operator asked for a change, otherwise as debug. */
function identifyAndLog(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log[asksForChange(request, reply) ? 'info' : 'debug'](
      {
        method: request.method,
        path: request.routeOptions.url,
        status: reply.statusCode,
        tookMs: reply.elapsedTime,
      },
      'Answered',
    );
  });
}

/** Whether an operator was let in with a request that changes something. The codec of the Temporal UI only reads. */
function asksForChange(
  { method, routeOptions: { config } }: FastifyRequest,
  { statusCode }: FastifyReply,
): boolean {
  const changes = method !== 'GET' && config?.access === 'operator' && !config.crossOrigin;
  return changes && statusCode !== 401 && statusCode !== 403;
}
