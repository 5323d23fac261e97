import { STATUS_CODES } from 'node:http';
import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { FAILURES } from '../contract/failures';
import { ExpectedError } from '../process/expected-error';
import { classifyStoreError } from '../store/store-failure';
import { wantsPage } from './access';
import type { Pages } from './app';
import { type Mistake, type Problem, ProblemError, sendProblem } from './problem';

/** Seconds after which a client may try again what failed since a server was away. */
const RETRY_AFTER_S = 5;

/** Every error becomes problem details; what is ours to mend is logged, and shows nothing of itself. */
export function answerErrors(app: FastifyInstance, pages: Pages): void {
  const answer = (request: FastifyRequest, reply: FastifyReply, { status, detail, ...more }: Answer) => {
    const title = STATUS_CODES[status] ?? 'Error';
    return wantsPage(request)
      ? pages.sendProblem(request, reply, { type: 'about:blank', title, status, detail })
      : sendProblem(reply, status, detail, more);
  };
  app.setNotFoundHandler((request, reply) => {
    const detail = `There is nothing at ${request.method} ${request.url.split('?')[0]}; see /docs.`;
    return answer(request, reply, { status: 404, detail });
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status === 500) request.log.error({ err: error }, 'A request failed');
    if (problem.status === 503) {
      request.log.warn({ reason: problem.detail }, 'A request could not be answered');
      reply.header('Retry-After', RETRY_AFTER_S);
    }
    return answer(request, reply, problem);
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
  if (error instanceof ProblemError) return { ...error.more, status: error.status, detail: error.message };
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
