import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiContext } from '../context';
import type { Problem } from './problem';

/** What serves people beside the API. */
export interface Pages {
  register(app: FastifyInstance, context: ApiContext): Promise<void>;
  /** Shows a problem as a page. */
  sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply;
}
