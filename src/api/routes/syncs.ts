import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DEFAULT_PARTNER } from '../../contract/names';
import { cancelSync, findRun, requestSync } from '../../operations/sync-requests';
import { listProviderChanges } from '../../store/directory/read-provider-history';
import { listNewProviders } from '../../store/directory/read-providers';
import { listRejectedRecords } from '../../store/directory/read-rejected-records';
import { partnerName, runFilterSchema } from '../../store/lists/filters';
import { listRuns, type RunWithCalls, streamRuns } from '../../store/runs/read-runs';
import type { Run } from '../../store/runs/run-row';
import type { ApiContext } from '../context';
import { CursorSeal } from '../http/cursor-seal';
import { ProblemError } from '../http/problem';
import { sendList } from '../http/send-list';
import { BODY_PROBLEMS, listResponses, responses } from '../openapi/responses';
import {
  changeSchema,
  listQuery,
  pageOf,
  providerSchema,
  rejectedRecordSchema,
  runIdParams,
  runSchema,
  runWithCallsSchema,
} from '../openapi/schemas';

const COLUMNS = [
  'id',
  'partner',
  'trigger',
  'status',
  'startedAt',
  'finishedAt',
  'received',
  'inserted',
  'updated',
  'unchanged',
  'duplicates',
  'rejected',
  'departed',
  'failure',
  'workflowId',
  'runId',
] as const satisfies (keyof Run)[];

const NONE = 'There is no sync with this id; see /api/v1/syncs.';
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/** `/api/v1/syncs`: what was done, and to start one. */
export async function syncRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const { dataSource, temporal } = context;
  const cursors = new CursorSeal(temporal.payloadKeys);
  const app = root.withTypeProvider<ZodTypeProvider>();
  const tags = ['Syncs'];
  const findRunOrFail = (id: string) => findSyncOrFail(context, id);

  app.get(
    '/api/v1/syncs',
    {
      schema: {
        tags,
        summary: 'Syncs, the latest first',
        operationId: 'listSyncs',
        querystring: runFilterSchema.extend(listQuery),
        response: listResponses(runSchema),
      },
    },
    async (request, reply) => {
      const { limit, cursor, format: _format, ...filter } = request.query;
      return sendList(request, reply, {
        name: 'syncs',
        schema: runSchema,
        columns: COLUMNS,
        page: () => cursors.page(cursor, (cursor) => listRuns(dataSource, { ...filter, limit, cursor })),
        all: (signal) => streamRuns(dataSource, filter, signal),
      });
    },
  );

  app.post(
    '/api/v1/syncs',
    {
      config: { access: 'operator' },
      schema: {
        tags,
        summary: 'Start a sync',
        description:
          'Without a partner it is the only one in partners.yaml; where there are several, the request has to name one. Answers at once; `Location` says where to watch it. Of two that are asked for at the same moment the later one ends as `skipped`. Sent again with the same `Idempotency-Key`, it starts nothing and answers with the first one.',
        operationId: 'startSync',
        headers: z.object({
          'idempotency-key': z
            .string()
            .regex(IDEMPOTENCY_KEY, 'is no printable ASCII of at most 255 characters')
            .optional(),
        }),
        body: z
          .strictObject({ partner: partnerName.optional() })
          .nullish()
          .meta({ examples: [{ partner: DEFAULT_PARTNER }] }),
        response: responses({ 202: runWithCallsSchema }, 409, 422, ...BODY_PROBLEMS),
      },
    },
    async (request, reply) => {
      const requested = await requestSync(context, {
        partner: request.body?.partner,
        trigger: 'api',
        requestId: request.id,
        idempotencyKey: request.headers['idempotency-key'],
      });
      switch (requested.outcome) {
        case 'started':
          return reply.code(202).header('Location', locationOf(requested.run.workflowId)).send(requested.run);
        case 'busy':
          throw new ProblemError(409, 'A sync of this partner goes on; wait for its end, or cancel it.', {
            instance: locationOf(requested.runId),
          });
        case 'unknown partner':
          throw new ProblemError(422, `There is no such partner; there are: ${requested.known.join(', ')}.`, {
            type: 'UnknownPartner',
          });
        case 'no partner named':
          throw new ProblemError(
            422,
            `There are several partners; name one as {"partner": "…"}: ${requested.known.join(', ')}.`,
            { type: 'InvalidInput' },
          );
        case 'other use':
          throw new ProblemError(
            422,
            'This Idempotency-Key started a sync of another partner; use a new one.',
          );
      }
    },
  );

  app.get(
    '/api/v1/syncs/:id',
    {
      schema: {
        tags,
        summary: 'One sync with every call to the partner',
        operationId: 'getSync',
        params: runIdParams,
        response: responses({ 200: runWithCallsSchema }, 404),
      },
    },
    async (request) => findRunOrFail(request.params.id),
  );

  app.post(
    '/api/v1/syncs/:id/cancel',
    {
      config: { access: 'operator' },
      schema: {
        tags,
        summary: 'Cancel a sync',
        description: 'Answers once Temporal has taken it; the request in flight is let go within a second.',
        operationId: 'cancelSync',
        params: runIdParams,
        response: responses({ 202: runWithCallsSchema }, 404, 409, ...BODY_PROBLEMS),
      },
    },
    async (request, reply) => {
      const run = await findRunOrFail(request.params.id);
      if (!(await cancelSync(context, run))) {
        throw new ProblemError(409, 'It has ended already.', { instance: locationOf(run.id) });
      }
      return reply.code(202).header('Location', locationOf(run.id)).send(run);
    },
  );

  const page = z.object({ limit: listQuery.limit, cursor: listQuery.cursor });
  const part = <T extends z.ZodType>(summary: string, operationId: string, item: T) => ({
    schema: {
      tags,
      summary,
      operationId,
      params: runIdParams,
      querystring: page,
      response: responses({ 200: pageOf(item) }, 404),
    },
  });

  app.get(
    '/api/v1/syncs/:id/changes',
    part('What a sync changed', 'listSyncChanges', changeSchema),
    async (request) => {
      const { id: runId } = await findRunOrFail(request.params.id);
      const { limit, cursor } = request.query;
      return cursors.page(cursor, (cursor) => listProviderChanges(dataSource, { runId, limit, cursor }));
    },
  );

  app.get(
    '/api/v1/syncs/:id/new-providers',
    part('Who came with a sync for the first time', 'listSyncNewProviders', providerSchema),
    async (request) => {
      const { id: runId } = await findRunOrFail(request.params.id);
      const { limit, cursor } = request.query;
      return cursors.page(cursor, (cursor) => listNewProviders(dataSource, { runId, limit, cursor }));
    },
  );

  app.get(
    '/api/v1/syncs/:id/rejected-records',
    part('Records of a sync that could not be used', 'listSyncRejectedRecords', rejectedRecordSchema),
    async (request) => {
      const { id: runId } = await findRunOrFail(request.params.id);
      const { limit, cursor } = request.query;
      return cursors.page(cursor, (cursor) => listRejectedRecords(dataSource, { runId, limit, cursor }));
    },
  );
}

/** @throws ProblemError 404 */
export async function findSyncOrFail(context: ApiContext, id: string): Promise<RunWithCalls> {
  const run = await findRun(context, id);
  if (!run) throw new ProblemError(404, NONE);
  return run;
}

export function locationOf(id: string): string {
  return `/api/v1/syncs/${encodeURIComponent(id)}`;
}
