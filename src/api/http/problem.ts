import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyReply } from 'fastify';

/** A mistake at one place of a request. */
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
  /** The address of the sync concerned. */
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
}

const PROBLEM_JSON = 'application/problem+json';

/** @param detail what went wrong, and what to do about it */
export function toProblem(status: number, detail: string, more: Partial<Problem> = {}): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', ...more, status, detail };
}

/** Answers with problem details as JSON. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(PROBLEM_JSON).serializer(JSON.stringify).send(problem);
}

/** Thrown by a route that cannot answer as asked. */
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

/** What Node cannot read as a request, by its error code. */
const BROKEN: Record<string, readonly [status: number, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Address and headers are larger than 16 KiB together; shorten them.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive whole in time; send it again.'],
};

/** Answers bytes that are no HTTP request or arrive too slowly. There is no reply yet, only a socket. */
export function answerBrokenRequest(error: ConnectionError, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable) {
    const [status, detail] = BROKEN[error.code] ?? [400, 'This is not a valid HTTP request.'];
    const body = JSON.stringify(toProblem(status, detail));
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${PROBLEM_JSON}\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}
