import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Something wrong at a place in a request. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** Problem details, RFC 9457. */
export interface Problem {
  /** A name of the failure table, or `about:blank`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What went wrong, and what to do about it. */
  readonly detail: string;
  /** What else is looked at: for a conflict, the run that is in the way. */
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
}

/** @param detail what went wrong, and what to do about it */
export function toProblem(status: number, detail: string, more: Partial<Problem> = {}): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', ...more, status, detail };
}

/** Answers with problem details: what went wrong, and in `detail` what to do about it. */
export function sendProblem(
  reply: FastifyReply,
  status: number,
  detail: string,
  more: Partial<Problem> = {},
): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(toProblem(status, detail, more));
}

/** What a route throws where it cannot give what was asked for. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  /** @param detail what went wrong, and what to do about it */
  constructor(
    readonly status: number,
    detail: string,
    readonly more: Partial<Problem> = {},
  ) {
    super(detail);
  }
}
