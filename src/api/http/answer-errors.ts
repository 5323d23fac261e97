import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type DataSource, TypeORMError } from 'typeorm';
import { FAILURES } from '../../contract/failures';
import { ExpectedError } from '../../process/expected-error';
import { classifyStoreError } from '../../store/postgres/store-failure';
import { temporalReason } from '../../temporal/connection/temporal-reason';
import { whatToLog } from '../../temporal/connection/what-to-log';
import type { FaceOf } from './face';
import { type FieldError, type Problem, ProblemError, toProblem } from './problem';

/** Seconds after which a client may repeat a request that failed because a server was unavailable. */
const RETRY_AFTER_S = 5;
/** Mistakes of a request that an answer lists; a body can have thousands. */
const MAX_ERRORS = 20;

/** Answers every error in the form of its face. An error that is our defect is logged, and its text is not shown. */
export function answerErrors(app: FastifyInstance, faceOf: FaceOf, dataSource: DataSource): void {
  app.setNotFoundHandler((request, reply) => {
    const detail = `${request.method} ${request.url.split('?')[0]} does not exist. The API is described at /docs.`;
    return faceOf(request).sendProblem(reply, toProblem(404, detail), request);
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    // Until the data source has connected, TypeORM throws no other error.
    const isUnconnected = error instanceof TypeORMError && !dataSource.isInitialized;
    const problem = isUnconnected ? STORE_UNAVAILABLE : problemOf(error);
    if (problem.status === 500) request.log.error(whatToLog(error), 'A request failed');
    if (problem.status === 503) {
      request.log.warn({ reason: problem.detail }, 'A request could not be answered');
      reply.header('Retry-After', RETRY_AFTER_S);
    }
    return faceOf(request).sendProblem(reply, problem, request);
  });
}

/** Answers requests that fail before there is a route, such as one whose path cannot be decoded. */
export function badPathAnswer(faceOf: FaceOf) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    void faceOf(request).sendProblem(reply, problemOf(error), null);
  };
}

const STORE_UNAVAILABLE = toProblem(503, `${FAILURES.StoreUnavailable.meaning} Try again in a moment.`, {
  type: 'StoreUnavailable',
});
const TEMPORAL_UNAVAILABLE = toProblem(503, 'Temporal did not respond. Try again in a moment.', {
  type: 'TemporalUnavailable',
});

function problemOf(error: FastifyError): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.slice(0, MAX_ERRORS).map(toFieldError);
    const more = error.validation.length > errors.length ? '; and more' : '';
    const part = PARTS[error.validationContext ?? ''] ?? 'The request is';
    return toProblem(400, `${part} not as described in /docs: ${describe(errors)}${more}.`, { errors });
  }
  if (error instanceof ProblemError) return toProblem(error.status, error.message, error.more);
  if (error instanceof ExpectedError) return toProblem(400, error.message);
  if (classifyStoreError(error)?.type === 'StoreUnavailable') return STORE_UNAVAILABLE;
  if (temporalReason(error) !== undefined) return TEMPORAL_UNAVAILABLE;
  const status = error.statusCode ?? 500;
  return status >= 500
    ? toProblem(500, 'The server failed. Its log has the cause under the id of this request.')
    : toProblem(status, REFUSALS[error.code] ?? error.message);
}

const PARTS: Record<string, string> = {
  querystring: 'The query is',
  params: 'The path is',
  body: 'The body is',
  headers: 'The headers are',
};

/** What Fastify refuses before a route sees it, by error code, with advice. */
const REFUSALS: Record<string, string> = {
  FST_ERR_BAD_URL: 'The path is not correctly encoded: write % as %25.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the path is too long for a name or an id.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than this route accepts.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'A body of this type is not supported: send application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'There is a Content-Type but no body: leave out the header, or send JSON.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
};

function toFieldError({
  instancePath,
  message,
}: {
  instancePath: string;
  message?: string | undefined;
}): FieldError {
  return { path: instancePath.split('/').filter(Boolean).join('.'), message: message ?? 'is not valid' };
}

function describe(errors: readonly FieldError[]): string {
  return errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
}
