import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { changeSchedule, type ScheduleAction, type ScheduleChanged } from '../../operations/change-schedule';
import { describePartner, describePartners, type PartnerView } from '../../operations/describe-partners';
import { shareReading } from '../../operations/share-reading';
import type { ApiContext, ZodApp } from '../context';
import { ProblemError } from '../http/problem';
import { pageOf } from '../openapi/list-schemas';
import { partnerParams, partnerViewSchema } from '../openapi/partner-schemas';
import { BODY_PROBLEMS, responses } from '../openapi/responses';

const UNKNOWN_PARTNER = 'There is no partner with this name in partners.yaml.';
const tags = ['Partners'];

/** `/api/v1/partners`: the partners, how fresh their data is, and their schedules. */
export async function partnerRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  servePartners(app, context);
  servePartner(app, context);
  serveScheduleChange(app, context, 'pause', 'Pause the schedule of a partner');
  serveScheduleChange(app, context, 'resume', 'Resume the schedule of a partner');
}

function servePartners(app: ZodApp, context: ApiContext): void {
  const read = shareReading(() => describePartners(context));
  app.get(
    '/api/v1/partners',
    {
      schema: {
        tags,
        summary: 'List all partners, with the state of their data',
        operationId: 'listPartners',
        response: responses({ 200: pageOf(partnerViewSchema) }),
      },
    },
    async () => ({ items: await read(), nextCursor: null }),
  );
}

function servePartner(app: ZodApp, context: ApiContext): void {
  app.get(
    '/api/v1/partners/:name',
    {
      schema: {
        tags,
        summary: 'Get one partner',
        operationId: 'getPartner',
        params: partnerParams,
        response: responses({ 200: partnerViewSchema }, 404),
      },
    },
    async (request) => describeOrFail(context, request.params.name),
  );
}

function serveScheduleChange(
  app: ZodApp,
  context: ApiContext,
  action: ScheduleAction,
  summary: string,
): void {
  app.post(
    `/api/v1/partners/:name/schedule/${action}`,
    {
      config: { access: 'operator' },
      schema: {
        tags,
        summary,
        operationId: `${action}Schedule`,
        params: partnerParams,
        body: z
          .strictObject({
            note: z.string().min(1).max(500).optional().meta({ description: 'Why; shown with the schedule' }),
          })
          .nullish(),
        response: responses({ 200: partnerViewSchema }, 404, 409, ...BODY_PROBLEMS),
      },
    },
    async (request) => {
      const { name: partner } = request.params;
      const note = request.body?.note ?? `${action === 'pause' ? 'Paused' : 'Resumed'} through the API`;
      refuseUnchanged(partner, await changeSchedule(context, { partner, action, note }));
      return describeOrFail(context, partner);
    },
  );
}

async function describeOrFail(context: ApiContext, name: string): Promise<PartnerView> {
  const view = await describePartner(context, name);
  if (!view) throw new ProblemError(404, UNKNOWN_PARTNER);
  return view;
}

/** @throws ProblemError 404 for a partner that is not configured, 409 for a partner without a schedule */
export function refuseUnchanged(partner: string, result: ScheduleChanged): void {
  if (result === 'unknown partner') throw new ProblemError(404, UNKNOWN_PARTNER);
  if (result === 'no schedule') {
    throw new ProblemError(409, `${partner} has no schedule; add one to partners.yaml.`);
  }
}
