import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type DataSource, TypeORMError } from 'typeorm';
import { FAILURES } from '../../contract/failures';
import { ExpectedError } from '../../process/expected-error';
import { classifyStoreError } from '../../store/postgres/store-failure';
import { FHIR_JSON, FHIR_PATH } from '../fhir/media-type';
import { outcomeOf } from '../fhir/operation-outcome';
import { wantsPage } from './access';
import type { Pages } from './face';
import { type FieldError, type Problem, ProblemError, sendProblem, toProblem } from './problem';

/** Seconds after which a client may try again what failed since a server was away. */
const RETRY_AFTER_S = 5;
/** Mistakes of a request that an answer lists; a body can have thousands. */
const MAX_ERRORS = 20;

/** Every error becomes problem details; what is ours to mend is logged, and shows nothing of itself. */
export function answerErrors(app: FastifyInstance, pages: Pages, dataSource: DataSource): void {
  const answer = (request: FastifyRequest, reply: FastifyReply, { status, detail, ...more }: Answer) =>
    wantsPage(request)
      ? pages.sendProblem(request, reply, toProblem(status, detail))
      : sendProblem(reply, status, detail, more);
  app.setNotFoundHandler((request, reply) => {
    const detail = `There is nothing at ${request.method} ${request.url.split('?')[0]}; see /docs.`;
    return answer(request, reply, { status: 404, detail });
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    // Before it has connected, TypeORM tells of nothing else.
    const isUnconnected = error instanceof TypeORMError && !dataSource.isInitialized;
    const problem = isUnconnected ? STORE_UNAVAILABLE : problemOf(error);
    if (problem.status === 500) request.log.error(whatToLog(error), 'A request failed');
    if (problem.status === 503) {
      request.log.warn({ reason: problem.detail }, 'A request could not be answered');
      reply.header('Retry-After', RETRY_AFTER_S);
    }
    return answer(request, reply, problem);
  });
}

type Answer = Pick<Problem, 'status' | 'detail'> & Partial<Problem>;

const STORE_UNAVAILABLE: Answer = {
  status: 503,
  detail: `${FAILURES.StoreUnavailable.meaning} Try again in a moment.`,
  type: 'StoreUnavailable',
};

/** What is said of an error. */
function problemOf(error: FastifyError): Answer {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.slice(0, MAX_ERRORS).map(toFieldError);
    const more = error.validation.length > errors.length ? '; and more' : '';
    const where = PARTS[error.validationContext ?? ''] ?? 'The request is';
    return { status: 400, detail: `${where} not as described in /docs: ${tell(errors)}${more}.`, errors };
  }
  if (error instanceof ProblemError) return { ...error.more, status: error.status, detail: error.message };
  if (error instanceof ExpectedError) return { status: 400, detail: error.message };
  if (classifyStoreError(error)?.type === 'StoreUnavailable') return STORE_UNAVAILABLE;
  if (error instanceof ServiceError || isGrpcServiceError(error)) {
    return {
      status: 503,
      detail: 'Temporal gave no good answer. Try again in a moment.',
      type: 'TemporalUnavailable',
    };
  }
  const status = error.statusCode ?? 500;
  return status >= 500
    ? { status: 500, detail: 'Something failed here; it is logged under the id of this request.' }
    : { status, detail: REFUSALS[error.code] ?? error.message };
}

const PARTS: Record<string, string> = {
  querystring: 'The query is',
  params: 'The path is',
  body: 'The body is',
  headers: 'The headers are',
};

/** What Fastify refuses before a route sees it, by its code, in words that say what to do. */
const REFUSALS: Record<string, string> = {
  FST_ERR_BAD_URL: 'The path is not encoded as a path has to be: write % as %25.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the path is too long to be a name or an id.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than this route takes.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'A body of this type is not understood: send application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'There is no body, but a Content-Type: leave that out, or send JSON.',
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

function tell(errors: readonly FieldError[]): string {
  return errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
}

/** What is noted of an error; of what Postgres refused, without the values that it quotes. */
export function whatToLog(error: unknown): object {
  const failure = classifyStoreError(error);
  return failure ? { failure } : { err: error };
}

/** For what fails before there is a route, such as a path that cannot be decoded. */
export function answerBadPath(error: FastifyError, { url }: FastifyRequest, reply: FastifyReply): void {
  const { status, detail } = problemOf(error);
  void (url.startsWith(`${FHIR_PATH}/`)
    ? reply.code(status).type(FHIR_JSON).send(outcomeOf(status, detail))
    : sendProblem(reply, status, detail));
}
