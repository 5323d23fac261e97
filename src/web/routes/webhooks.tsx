import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { receiverParams } from '../../api/openapi/webhook-schemas';
import { requestReplay } from '../../api/routes/webhooks';
import { readRunsVersion } from '../../store/runs/read-version';
import { listReceivers } from '../../store/webhooks/read-receivers';
import { WebhooksPage } from '../pages/webhooks';
import { sendPage } from '../render';
import { formQuery } from './form';

const noticed = formQuery(z.object({ notice: z.literal('requested').optional() }));

/** The page of the receivers of webhooks, and the form that sends messages again. */
export async function webhookRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.get('/webhooks', { schema: { querystring: noticed } }, async (request, reply) => {
    const version = await readRunsVersion(context.dataSource);
    return sendPage(
      request,
      reply,
      { title: 'Webhooks' },
      <WebhooksPage
        receivers={await listReceivers(context.dataSource)}
        canOperate={request.role === 'operator'}
        events={`/events?${new URLSearchParams({ version })}`}
        isRequested={request.query.notice !== undefined}
      />,
    );
  });
  app.post(
    '/webhooks/:name/replay',
    { config: { access: 'operator' }, schema: { params: receiverParams } },
    async (request, reply) => {
      await requestReplay(context, request.params.name);
      return reply.redirect('/webhooks?notice=requested', 303);
    },
  );
}
