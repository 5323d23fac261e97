import type { FastifyRequest } from 'fastify';
import { ProblemError } from './problem';

/** Logs that a request is refused, and returns the error to throw. */
export function refusal(request: FastifyRequest, status: number, why: string): ProblemError {
  logRefusal(request, status);
  return new ProblemError(status, why);
}

/** Logs which address was refused which path. The query is left out: it may hold a name. */
export function logRefusal({ log, method, url, ip }: FastifyRequest, status: number): void {
  log.warn({ status, method, path: url.split('?')[0], ip }, 'Refused');
}
