import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { refuseUnchanged } from '../../api/routes/partners';
import { changeSchedule } from '../../operations/change-schedule';
import { describePartners } from '../../operations/describe-partners';
import { shareReading } from '../../operations/share-reading';
import { partnerName } from '../../store/lists/filters';
import { partnerAddress } from '../addresses';
import { PartnersPage } from '../pages/partners';
import { sendPage } from '../render';

/** The page of the partners, and the forms that pause and resume a schedule. */
export async function partnerRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();

  const read = shareReading(() => describePartners(context));

  app.get('/partners', async (request, reply) =>
    sendPage(
      request,
      reply,
      { title: 'Partners' },
      <PartnersPage partners={await read()} canOperate={request.role === 'operator'} />,
    ),
  );

  for (const [action, note] of [
    ['pause', 'Paused on the web page'],
    ['resume', 'Resumed on the web page'],
  ] as const) {
    app.post(
      `/partners/:name/schedule/${action}`,
      { config: { access: 'operator' }, schema: { params: z.object({ name: partnerName }) } },
      async (request, reply) => {
        const { name: partner } = request.params;
        refuseUnchanged(partner, await changeSchedule(context, { partner, action, note }));
        return reply.redirect(partnerAddress(partner), 303);
      },
    );
  }
}
