import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { CursorSeal } from '../../api/http/cursor-seal';
import { ProblemError } from '../../api/http/problem';
import { listQuery } from '../../api/openapi/list-schemas';
import { syncIdParams } from '../../api/openapi/sync-schemas';
import { cancelSync } from '../../operations/cancel-sync';
import { findRun } from '../../operations/find-run';
import { explainNotStarted, requestSync } from '../../operations/request-sync';
import { ExpectedError } from '../../process/expected-error';
import { listProviderChanges } from '../../store/directory/read-provider-history';
import { listDepartingProviders, listNewProviders } from '../../store/directory/read-providers';
import { listRejectedRecords } from '../../store/directory/read-rejected-records';
import { partnerName, runFilterSchema } from '../../store/lists/filters';
import { listRuns } from '../../store/runs/read-runs';
import { readRunsVersion, versionOf } from '../../store/runs/read-version';
import { awaitedApproval } from '../../store/runs/run-row';
import { describeProgress } from '../../temporal/runs/sync-progress';
import { NOTICES, type RunNoticeName } from '../components/run-notice';
import { AWAITING } from '../components/status';
import { exactTime } from '../components/time';
import { RunPage } from '../pages/run';
import { Runs } from '../pages/runs';
import { sendPage } from '../render';
import { formQuery } from './form';

const PAGE_SIZE = 50;
/** What a run's page shows of each list; the API has the rest. */
const SHOWN = 25;
const PROGRESS_WITHIN_MS = 1_000;
/** Seconds until a browser without scripts looks again at a run that goes on. */
const REFRESH_S = 3;

const notice = z
  .enum(Object.keys(NOTICES) as [RunNoticeName, ...RunNoticeName[]])
  .optional()
  .catch(undefined);

/** The runs, and to start or cancel one. */
export async function runRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  const { dataSource, client, partners, http, temporal, log } = context;
  const cursors = new CursorSeal(temporal.payloadKeys);

  app.get(
    '/runs',
    { schema: { querystring: formQuery(runFilterSchema.extend({ cursor: listQuery.cursor })) } },
    async (request, reply) => {
      const { cursor, ...query } = request.query;
      const version = await readRunsVersion(dataSource);
      const page = await cursors.page(cursor, (cursor) =>
        listRuns(dataSource, { ...query, limit: PAGE_SIZE, cursor }),
      );
      return sendPage(
        request,
        reply,
        { title: 'Runs' },
        <Runs
          url={request.url}
          version={version}
          query={query}
          page={page}
          partners={[...partners.keys()]}
          canOperate={request.role === 'operator'}
        />,
      );
    },
  );

  app.get(
    '/runs/:id',
    { schema: { params: syncIdParams, querystring: z.object({ notice }) } },
    async (request, reply) => {
      const run = await findRun(context, request.params.id);
      if (!run) throw new ProblemError(404, 'There is no run at this address.');
      const isRunning = run.status === 'running';
      const part = { runId: run.id, limit: SHOWN };
      const isAwaited = awaitedApproval(run) !== null && request.query.notice !== 'decided';
      const [changes, newcomers, rejected, departing, progress] = await Promise.all([
        listProviderChanges(dataSource, part),
        listNewProviders(dataSource, part),
        listRejectedRecords(dataSource, part),
        listDepartingProviders(dataSource, part),
        isRunning && !isAwaited ? progressOf(run.workflowId) : '',
      ]);
      return sendPage(
        request,
        reply,
        {
          title: `Sync of ${run.partner}, ${isAwaited ? AWAITING : run.status}, ${exactTime(run.startedAt)}`,
          // A page that loads by itself would lose what an operator types.
          ...(isRunning && !isAwaited && { refresh: REFRESH_S }),
        },
        <RunPage
          run={run}
          version={versionOf(run)}
          changes={changes}
          newcomers={newcomers}
          rejected={rejected}
          departing={departing}
          progress={progress}
          workflowUrl={workflowUrl(run)}
          canOperate={request.role === 'operator'}
          notice={request.query.notice}
        />,
      );
    },
  );

  /** A courtesy: without it the page says no more than that the run is under way. */
  async function progressOf(workflowId: string): Promise<string> {
    try {
      const handle = client.workflow.getHandle(workflowId);
      return await client.withDeadline(Date.now() + PROGRESS_WITHIN_MS, () => describeProgress(handle));
    } catch (error) {
      log.debug({ reason: String(error) }, 'Temporal does not say what goes on');
      return '';
    }
  }

  function workflowUrl({ workflowId, runId }: { workflowId: string; runId: string }): string | null {
    const place = [temporal.namespace, 'workflows', workflowId, runId].map(encodeURIComponent).join('/');
    return http.temporalUiUrl && `${http.temporalUiUrl}/namespaces/${place}/history`;
  }

  app.post(
    '/runs',
    {
      config: { access: 'operator' },
      schema: { body: z.object({ partner: partnerName.optional() }) },
    },
    async (request, reply) => {
      const { partner } = request.body;
      const requested = await requestSync(context, { partner, trigger: 'web', requestId: request.id });
      if (requested.outcome === 'started') {
        // Temporal finds a run by its workflow ID at once, and by its run ID only a moment later.
        return reply.redirect(`/runs/${encodeURIComponent(requested.run.workflowId)}`, 303);
      }
      if (requested.outcome === 'busy') return reply.redirect(`/runs/${requested.runId}?notice=busy`, 303);
      throw new ExpectedError(explainNotStarted(requested));
    },
  );

  app.post(
    '/runs/:id/cancel',
    { config: { access: 'operator' }, schema: { params: syncIdParams } },
    async (request, reply) => {
      const run = await findRun(context, request.params.id);
      if (!run) throw new ProblemError(404, 'There is no run at this address.');
      const isCancelled = await cancelSync(context, run);
      return reply.redirect(`/runs/${run.id}?notice=${isCancelled ? 'cancelling' : 'ended'}`, 303);
    },
  );
}
