import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { describePartners, type PartnerView } from '../../operations/describe-partners';
import { changeSchedule, type ScheduleChanged } from '../../operations/schedule-requests';
import { partnerName } from '../../store/lists/filters';
import type { ApiContext } from '../context';
import { ProblemError } from '../http/problem';
import { BODY_PROBLEMS, responses } from '../openapi/responses';
import { pageOf, partnerSchema } from '../openapi/schemas';

const UNKNOWN_PARTNER = 'There is no partner of this name in partners.yaml.';

/** `/api/v1/partners`: where the data comes from, how fresh it is, and when it comes next. */
export async function partnerRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const tags = ['Partners'];
  const params = z.object({ name: partnerName });

  const describeOrFail = async (name: string): Promise<PartnerView> => {
    const view = (await describePartners(context)).find((partner) => partner.name === name);
    if (!view) throw new ProblemError(404, UNKNOWN_PARTNER);
    return view;
  };

  app.get(
    '/api/v1/partners',
    {
      schema: {
        tags,
        summary: 'All partners, with how fresh their part of the directory is',
        operationId: 'listPartners',
        response: responses({ 200: pageOf(partnerSchema) }),
      },
    },
    async () => ({ items: await describePartners(context), nextCursor: null }),
  );

  app.get(
    '/api/v1/partners/:name',
    {
      schema: {
        tags,
        summary: 'One partner',
        operationId: 'getPartner',
        params,
        response: responses({ 200: partnerSchema }, 404),
      },
    },
    async (request) => describeOrFail(request.params.name),
  );

  for (const [action, summary] of [
    ['pause', 'Pause the schedule of a partner'],
    ['resume', 'Resume the schedule of a partner'],
  ] as const) {
    app.post(
      `/api/v1/partners/:name/schedule/${action}`,
      {
        config: { access: 'operator' },
        schema: {
          tags,
          summary,
          operationId: `${action}Schedule`,
          params,
          body: z.strictObject({ note: z.string().min(1).max(500).optional() }).nullish(),
          response: responses({ 200: partnerSchema }, 404, 409, ...BODY_PROBLEMS),
        },
      },
      async (request) => {
        const { name: partner } = request.params;
        const note = request.body?.note ?? `${action === 'pause' ? 'Paused' : 'Resumed'} through the API`;
        refuseUnchanged(partner, await changeSchedule(context, { partner, action, note }));
        return describeOrFail(partner);
      },
    );
  }
}

/** @throws ProblemError 404 for a partner that is not configured, 409 for a partner without a schedule */
export function refuseUnchanged(partner: string, result: ScheduleChanged): void {
  if (result === 'unknown partner') throw new ProblemError(404, UNKNOWN_PARTNER);
  if (result === 'no schedule') {
    throw new ProblemError(409, `${partner} has no schedule; add one to partners.yaml.`);
  }
}
