import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { askTemporal } from '../../operations/ask-temporal';
import { describeWorkers } from '../../operations/describe-workers';
import type { ApiContext } from '../context';
import { pageOf } from '../openapi/list-schemas';
import { responses } from '../openapi/responses';
import { workerSchema } from '../openapi/worker-schema';

/** `/api/v1/workers`: the workers that Temporal sees. */
export async function workerRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  root.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/workers',
    {
      schema: {
        tags: ['Service'],
        summary: 'List the workers that Temporal sees, and what they execute',
        operationId: 'listWorkers',
        response: responses({ 200: pageOf(workerSchema) }),
      },
    },
    async () => ({
      items: await askTemporal(context.client, () => describeWorkers(context)),
      nextCursor: null,
    }),
  );
}
