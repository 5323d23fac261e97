import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext, ZodApp } from '../../api/context';
import { listQuery } from '../../api/openapi/list-schemas';
import { syncIdParams } from '../../api/openapi/sync-schemas';
import { findSyncOrFail } from '../../api/routes/find-sync-or-fail';
import { cancelSync } from '../../operations/cancel-sync';
import { requestReplay } from '../../operations/request-replay';
import { explainNotStarted, requestSync, type SyncRequested } from '../../operations/request-sync';
import { shareReading } from '../../operations/share-reading';
import { UNNAMED_OPERATOR } from '../../operations/unnamed-operator';
import { ExpectedError } from '../../process/expected-error';
import { partnerName, type RunFilter, runFilterSchema } from '../../store/lists/filters';
import { linkRun } from '../../store/runs/link-run';
import { listCalls } from '../../store/runs/read-calls';
import { BAD_STATUSES, type RunCause, readRunCauses } from '../../store/runs/read-causes';
import { listRuns } from '../../store/runs/read-runs';
import { readRunsVersion } from '../../store/runs/read-version';
import { PAGE_SIZE } from '../components/pager';
import { AllCalls } from '../pages/calls';
import { Runs } from '../pages/runs';
import { period, startOf } from '../periods';
import { sendPage } from '../render';
import { formQuery } from './form';

const querySchema = runFilterSchema.extend({ started: period, cursor: listQuery.cursor });
type RunsQuery = Omit<z.output<typeof querySchema>, 'cursor'>;

/** The list of runs, and the forms that start and cancel one. */
export async function runRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  serveRuns(app, context);
  serveCalls(app, context);
  serveStart(app, context);
  serveCancel(app, context);
  serveReplay(app, context);
}

function serveRuns(app: ZodApp, { dataSource, cursors, partners }: ApiContext): void {
  const read = shareReading(async (query: RunsQuery, cursor: string | undefined) => {
    const { started, ...given } = query;
    const filter = started ? { ...given, startedAfter: startOf(started) } : given;
    // Read the version first, so that changes made while the page is built still trigger an update.
    const version = await readRunsVersion(dataSource);
    const [page, causes] = await Promise.all([
      cursors.page(cursor, (cursor) => listRuns(dataSource, { ...filter, limit: PAGE_SIZE, cursor })),
      cursor === undefined ? readCausesOf(dataSource, filter) : [],
    ]);
    return { filter, version, page, causes };
  });

  app.get('/runs', { schema: { querystring: formQuery(querySchema) } }, async (request, reply) => {
    const { cursor, ...query } = request.query;
    const { filter, version, page, causes } = await read(query, cursor);
    return sendPage(
      request,
      reply,
      { title: 'Runs' },
      <Runs
        url={request.url}
        version={version}
        query={query}
        filter={filter}
        page={page}
        causes={causes}
        partners={[...partners.keys()]}
        canOperate={request.role === 'operator'}
      />,
    );
  });
}

/** The causes of the failed runs, if the filter asks for failed runs, a cause or a time. */
async function readCausesOf(
  dataSource: ApiContext['dataSource'],
  { status, ...filter }: RunFilter,
): Promise<RunCause[]> {
  const bad = BAD_STATUSES.find((one) => one === status);
  const asks = bad ?? filter.failureType ?? filter.startedAfter;
  if (asks === undefined || status !== bad) return [];
  return readRunCauses(dataSource, { ...filter, status: bad });
}

function serveCalls(app: ZodApp, context: ApiContext): void {
  app.get(
    '/runs/:id/calls',
    { schema: { params: syncIdParams, querystring: formQuery(z.object({ cursor: listQuery.cursor })) } },
    async (request, reply) => {
      const run = await findSyncOrFail(context, request.params.id);
      const page = await context.cursors.page(request.query.cursor, (cursor) =>
        listCalls(context.dataSource, { runId: run.id, limit: PAGE_SIZE, cursor }),
      );
      const title = `Calls of the sync of ${run.partner}`;
      return sendPage(request, reply, { title }, <AllCalls url={request.url} run={run} page={page} />);
    },
  );
}

function serveStart(app: ZodApp, context: ApiContext): void {
  app.post(
    '/runs',
    {
      config: { access: 'operator' },
      schema: { body: z.object({ partner: partnerName.optional() }) },
    },
    async (request, reply) => {
      const { partner } = request.body;
      const requested = await requestSync(context, { partner, trigger: 'web', requestId: request.id });
      return reply.redirect(pageOf(requested), 303);
    },
  );
}

function serveReplay(app: ZodApp, context: ApiContext): void {
  app.post(
    '/runs/:id/replay',
    { config: { access: 'operator' }, schema: { params: syncIdParams } },
    async (request, reply) => {
      const run = await findSyncOrFail(context, request.params.id);
      const requested = await requestReplay(context, run, { trigger: 'web', requestId: request.id });
      if (requested.outcome === 'no answer') return reply.redirect(`/runs/${run.id}?notice=no-answer`, 303);
      return reply.redirect(pageOf(requested), 303);
    },
  );
}

/** The page of the run that was started, or that was already running. */
function pageOf(requested: SyncRequested): string {
  // Temporal finds a run by its workflow ID at once, and by its run ID only a moment later.
  if (requested.outcome === 'started') return `/runs/${encodeURIComponent(requested.run.workflowId)}`;
  if (requested.outcome === 'busy') return `/runs/${requested.runId}?notice=busy`;
  throw new ExpectedError(explainNotStarted(requested));
}

function serveCancel(app: ZodApp, context: ApiContext): void {
  app.post(
    '/runs/:id/cancel',
    { config: { access: 'operator' }, schema: { params: syncIdParams } },
    async (request, reply) => {
      const run = await findSyncOrFail(context, request.params.id);
      linkRun(run);
      const isCancelled = await cancelSync(context, run, { by: UNNAMED_OPERATOR.web });
      return reply.redirect(`/runs/${run.id}?notice=${isCancelled ? 'cancelling' : 'ended'}`, 303);
    },
  );
}
