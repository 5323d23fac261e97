import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { TRIGGER_WORDS } from '../../contract/trigger-words';
import { cancelSync } from '../../operations/cancel-sync';
import { readProgress } from '../../operations/read-progress';
import { shareReading } from '../../operations/share-reading';
import { UNNAMED_OPERATOR } from '../../operations/unnamed-operator';
import { traceUrl } from '../../process/config/tracing-config';
import { runFilterSchema } from '../../store/lists/filters';
import { streamList } from '../../store/lists/stream-list';
import { linkRun } from '../../store/runs/link-run';
import { listRuns } from '../../store/runs/read-runs';
import type { Run } from '../../store/runs/run-row';
import type { ApiContext, ZodApp } from '../context';
import type { Headings } from '../http/csv-columns';
import { ProblemError } from '../http/problem';
import { sendList } from '../http/send-list';
import { exportQuery, filterOf } from '../openapi/list-schemas';
import { BODY_PROBLEMS, listResponses, responses } from '../openapi/responses';
import {
  decisionSchema,
  runSchema,
  runWithCallsSchema,
  runWithStepSchema,
  syncIdParams,
} from '../openapi/sync-schemas';
import { findSyncOrFail } from './find-sync-or-fail';
import { serveReplaySync } from './replay-sync';
import { locationOf, serveStartSync } from './start-sync';
import { serveSyncCalls } from './sync-calls';
import { serveSyncCauses } from './sync-causes';
import { serveSyncDecisions } from './sync-decisions';
import { serveSyncLists } from './sync-lists';

const COLUMNS: Headings<Run> = {
  id: 'Id',
  partner: 'Partner',
  trigger: ['Started by', ({ trigger }) => TRIGGER_WORDS[trigger]],
  status: 'Status',
  startedAt: 'Started',
  finishedAt: 'Finished',
  repeats: 'Repeated calls',
  received: 'Records received',
  inserted: 'New',
  updated: 'Changed',
  unchanged: 'Unchanged',
  duplicates: 'Duplicates',
  rejected: 'Rejected',
  departed: 'Left',
  failure: ['Failure', ({ failure }) => failure && `${failure.type}: ${failure.message}`],
  startedBy: 'Person who started it',
  workflowId: 'Workflow id',
  runId: 'Temporal run id',
};

const tags = ['Syncs'];
const cancelBody = decisionSchema
  .nullish()
  .meta({ examples: [{ by: 'zoe', reason: 'The partner is down' }] });

/** `/api/v1/syncs`: the syncs, and requests to start, cancel and decide. */
export async function syncRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  serveSyncs(app, context);
  serveStartSync(app, context);
  serveSyncCauses(app, context);
  serveSync(app, context);
  serveCancelSync(app, context);
  serveReplaySync(app, context);
  serveSyncCalls(app, context);
  serveSyncLists(app, context);
  serveSyncDecisions(app, context);
}

function serveSyncs(app: ZodApp, { dataSource, cursors }: ApiContext): void {
  app.get(
    '/api/v1/syncs',
    {
      schema: {
        tags,
        summary: 'List syncs, the latest first',
        operationId: 'listSyncs',
        querystring: runFilterSchema.extend(exportQuery(COLUMNS)),
        response: listResponses(runSchema),
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query;
      const filter = filterOf(request.query);
      return sendList(request, reply, {
        name: 'syncs',
        filter,
        schema: runSchema,
        columns: COLUMNS,
        page: () => cursors.page(cursor, (cursor) => listRuns(dataSource, { ...filter, limit, cursor })),
        all: (signal) => streamList(dataSource, listRuns, filter, { signal }),
      });
    },
  );
}

function serveSync(app: ZodApp, context: ApiContext): void {
  const read = shareReading(async (id: string) => {
    const run = await findSyncOrFail(context, id);
    const { step } = await readProgress(context, run);
    return { ...run, current: step, traceUrl: traceUrl(context.tracing, run.traceId) };
  });
  app.get(
    '/api/v1/syncs/:id',
    {
      schema: {
        tags,
        summary: 'Get one sync with its calls to the partner',
        operationId: 'getSync',
        params: syncIdParams,
        response: responses({ 200: runWithStepSchema }, 404),
      },
    },
    (request) => read(request.params.id),
  );
}

function serveCancelSync(app: ZodApp, context: ApiContext): void {
  app.post(
    '/api/v1/syncs/:id/cancel',
    {
      config: { access: 'operator' },
      schema: {
        tags,
        summary: 'Cancel a sync',
        description:
          'Answers once Temporal has the request. A call to the partner in flight is aborted within a second.',
        operationId: 'cancelSync',
        params: syncIdParams,
        body: cancelBody,
        response: responses({ 202: runWithCallsSchema }, 404, 409, ...BODY_PROBLEMS),
      },
    },
    async (request, reply) => {
      const run = await findSyncOrFail(context, request.params.id);
      linkRun(run);
      const instance = locationOf(run.id);
      if (!(await cancelSync(context, run, { by: UNNAMED_OPERATOR.api, ...request.body }))) {
        throw new ProblemError(409, 'This sync has already finished; there is nothing to cancel.', {
          instance,
        });
      }
      return reply.code(202).header('Location', instance).send(run);
    },
  );
}
