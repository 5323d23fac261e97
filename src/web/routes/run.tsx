import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { syncIdParams } from '../../api/openapi/sync-schemas';
import { findSyncOrFail } from '../../api/routes/find-sync-or-fail';
import type { ChangeKind } from '../../contract/changes';
import { countChanges, listChanges } from '../../store/directory/read-changes';
import { listDepartingProviders, listNewProviders } from '../../store/directory/read-providers';
import { listRejectedRecords } from '../../store/directory/read-rejected-records';
import type { RunWithCalls } from '../../store/runs/read-runs';
import { versionOf } from '../../store/runs/read-version';
import { awaitedApproval } from '../../store/runs/run-row';
import { describeProgress } from '../../temporal/runs/sync-progress';
import { NOTICES, type RunNoticeName } from '../components/run-notice';
import { AWAITING } from '../components/status';
import { exactTime } from '../components/time';
import { RunPage } from '../pages/run';
import { sendPage } from '../render';

/** The number of items of each list on the page of a run; other pages have all of them. */
const SHOWN = 25;
const PROGRESS_WITHIN_MS = 1_000;
/** Seconds after which a browser without scripts reloads the page of a running run. */
const REFRESH_S = 3;

const notice = z
  .enum(Object.keys(NOTICES) as [RunNoticeName, ...RunNoticeName[]])
  .optional()
  .catch(undefined);

/** The page of one run. */
export async function runRoute(root: FastifyInstance, context: ApiContext): Promise<void> {
  root
    .withTypeProvider<ZodTypeProvider>()
    .get(
      '/runs/:id',
      { schema: { params: syncIdParams, querystring: z.object({ notice }) } },
      async (request, reply) => {
        const { notice } = request.query;
        const run = await findSyncOrFail(context, request.params.id);
        const isAwaited = awaitedApproval(run) !== null && notice !== 'decided';
        const isMoving = run.status === 'running' && !isAwaited;
        const [lists, progress] = await Promise.all([
          readLists(context, run),
          isMoving ? readProgress(context, run) : '',
        ]);
        const title = `Sync of ${run.partner}, ${isAwaited ? AWAITING : run.status}, ${exactTime(run.startedAt)}`;
        return sendPage(
          request,
          reply,
          // A reload would lose the text that an operator types into the approval form.
          { title, ...(isMoving && { refresh: REFRESH_S }) },
          <RunPage
            {...lists}
            run={run}
            version={versionOf(run)}
            progress={progress}
            workflowUrl={workflowUrl(context, run)}
            canOperate={request.role === 'operator'}
            notice={notice}
          />,
        );
      },
    );
}

async function readLists({ dataSource }: ApiContext, run: RunWithCalls) {
  const part = { runId: run.id, limit: SHOWN };
  const ofKind = (kind: ChangeKind) => listChanges(dataSource, { run: run.id, kind, limit: SHOWN });
  const [counts, left, returned, changed, newcomers, rejected, departing] = await Promise.all([
    countChanges(dataSource, { run: run.id }),
    ofKind('left'),
    ofKind('returned'),
    ofKind('changed'),
    listNewProviders(dataSource, part),
    listRejectedRecords(dataSource, part),
    listDepartingProviders(dataSource, part),
  ]);
  return { counts, changes: { left, returned, changed }, newcomers, rejected, departing };
}

/** The current step of a run; empty if Temporal does not answer in time, since the page is useful without it. */
async function readProgress({ client, log }: ApiContext, { workflowId }: RunWithCalls): Promise<string> {
  try {
    const handle = client.workflow.getHandle(workflowId);
    return await client.withDeadline(Date.now() + PROGRESS_WITHIN_MS, () => describeProgress(handle));
  } catch (error) {
    log.debug({ reason: String(error) }, 'The progress of a run is unknown');
    return '';
  }
}

function workflowUrl({ http, temporal }: ApiContext, run: RunWithCalls): string | null {
  const place = [temporal.namespace, 'workflows', run.workflowId, run.runId]
    .map(encodeURIComponent)
    .join('/');
  return http.temporalUiUrl && `${http.temporalUiUrl}/namespaces/${place}/history`;
}
