import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { FAILURES } from '../contract/failures';
import { ExpectedError } from '../process/expected-error';
import { classifyStoreError } from '../store/store-failure';
import { type Mistake, type Problem, sendProblem } from './problem';

/** Seconds after which a client may try again what failed since a server was away. */
const RETRY_AFTER_S = 5;

/** Every error becomes problem details; what is ours to mend is logged, and shows nothing of itself. */
export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, 404, `There is nothing at ${request.method} ${request.url.split('?')[0]}; see /docs.`),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { status, ...problem } = problemOf(error);
    if (status === 500) request.log.error({ err: error }, 'A request failed');
    if (status === 503) {
      request.log.warn({ reason: problem.detail }, 'A request could not be answered');
      reply.header('Retry-After', RETRY_AFTER_S);
    }
    return sendProblem(reply, status, problem.detail, problem);
  });
}

type Answer = Pick<Problem, 'status' | 'detail'> & Partial<Problem>;

/** What is said of an error. */
export function problemOf(error: FastifyError): Answer {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(toMistake);
    const where = PARTS[error.validationContext ?? ''] ?? 'request';
    return { status: 400, detail: `The ${where} is not as described in /docs: ${tell(errors)}`, errors };
  }
  if (error instanceof ExpectedError) return { status: 400, detail: error.message };
  const store = classifyStoreError(error);
  if (store?.type === 'StoreUnavailable') {
    return { status: 503, detail: FAILURES.StoreUnavailable.meaning, type: 'StoreUnavailable' };
  }
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
    : { status, detail: error.message };
}

const PARTS: Record<string, string> = {
  querystring: 'query',
  params: 'path',
  body: 'body',
  headers: 'headers',
};

function toMistake({
  instancePath,
  message,
}: {
  instancePath: string;
  message?: string | undefined;
}): Mistake {
  return { path: instancePath.split('/').filter(Boolean).join('.'), message: message ?? 'is not valid' };
}

function tell(mistakes: readonly Mistake[]): string {
  return mistakes.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
}
