import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { askTemporal } from '../../operations/ask-temporal';
import { listMessages } from '../../store/webhooks/read-messages';
import { listReceivers } from '../../store/webhooks/read-receivers';
import { requestWebhooks } from '../../temporal/runs/request-webhooks';
import type { ApiContext, ZodApp } from '../context';
import { ProblemError } from '../http/problem';
import { pageOf, pageQuery } from '../openapi/list-schemas';
import { BODY_PROBLEMS, responses } from '../openapi/responses';
import {
  messageSchema,
  receiverParams,
  receiverSchema,
  webhookRequestedSchema,
  webhookRequestSchema,
} from '../openapi/webhook-schemas';

const tags = ['Service'];

/** `/api/v1/webhooks`: the receivers, their messages, and the replay. */
export async function webhookRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  serveLists(app, context);
  app.post(
    '/api/v1/webhooks/:name/replay',
    {
      config: { access: 'operator' },
      schema: {
        tags,
        summary:
          'Send messages to a receiver again: those that failed or wait, and with `since` what was delivered since then',
        description:
          'A receiver that wanted nothing more gets messages again. Answers at once; a worker does it, and `Location` lists the messages.',
        operationId: 'replayWebhook',
        params: receiverParams,
        body: webhookRequestSchema,
        response: responses({ 202: webhookRequestedSchema }, 404, ...BODY_PROBLEMS),
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const workflowId = await requestReplay(context, name, request.body?.since);
      return reply.code(202).header('Location', `/api/v1/webhooks/${name}/messages`).send({ workflowId });
    },
  );
}

/**
 * Lets a worker send the messages of a receiver again.
 *
 * @returns Temporal's workflow ID of the request
 * @throws ProblemError 404
 */
export async function requestReplay(
  { client, dataSource, temporal }: ApiContext,
  receiver: string,
  since?: string,
): Promise<string> {
  const known = await listReceivers(dataSource);
  if (!known.some(({ name, configured }) => name === receiver && configured)) throw unknownReceiver();
  const input = { receiver, kind: 'replay', ...(since && { since }) } as const;
  const handle = await askTemporal(client, () => requestWebhooks(client, temporal.taskQueue, input));
  return handle.workflowId;
}

function unknownReceiver(): ProblemError {
  return new ProblemError(404, 'No such receiver: see /api/v1/webhooks.');
}

function serveLists(app: ZodApp, context: ApiContext): void {
  app.get(
    '/api/v1/webhooks',
    {
      schema: {
        tags,
        summary: 'List the receivers of webhooks, and how they do',
        operationId: 'listWebhooks',
        response: responses({ 200: pageOf(receiverSchema) }),
      },
    },
    async () => ({ items: await listReceivers(context.dataSource), nextCursor: null }),
  );
  app.get(
    '/api/v1/webhooks/:name/messages',
    {
      schema: {
        tags,
        summary: 'List the messages to a receiver of webhooks, the latest first',
        operationId: 'listWebhookMessages',
        params: receiverParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(messageSchema) }, 404),
      },
    },
    async ({ params: { name }, query }) => {
      const known = await listReceivers(context.dataSource);
      if (!known.some((one) => one.name === name)) throw unknownReceiver();
      return context.cursors.page(query.cursor, (cursor) =>
        listMessages(context.dataSource, { receiver: name, limit: query.limit, cursor }),
      );
    },
  );
}
