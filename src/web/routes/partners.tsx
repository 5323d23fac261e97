import { ScheduleNotFoundError } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { describePartners } from '../../api/describe-partners';
import { ProblemError } from '../../api/problem';
import { partnerName } from '../../api/schemas';
import { pauseSchedule, resumeSchedule } from '../../temporal/schedules';
import { PartnersPage } from '../pages/partners';
import { sendPage } from '../render';

/** Where the data comes from, and when. */
export async function partnerRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const { client, temporal } = context;

  app.get('/partners', async (request, reply) =>
    sendPage(
      request,
      reply,
      { title: 'Partners' },
      <PartnersPage partners={await describePartners(context)} canOperate={request.role === 'operator'} />,
    ),
  );

  for (const [action, act, note] of [
    ['pause', pauseSchedule, 'Paused on the web page'],
    ['resume', resumeSchedule, 'Resumed on the web page'],
  ] as const) {
    app.post(
      `/partners/:name/schedule/${action}`,
      { config: { access: 'operator' }, schema: { params: z.object({ name: partnerName }) } },
      async (request, reply) => {
        const { name: partner } = request.params;
        try {
          await act(client, { partner, taskQueue: temporal.taskQueue }, note);
        } catch (error) {
          if (!(error instanceof ScheduleNotFoundError)) throw error;
          throw new ProblemError(404, `${partner} has no schedule. Add one to partners.yaml.`);
        }
        return reply.redirect(`/partners#${partner}`, 303);
      },
    );
  }
}
