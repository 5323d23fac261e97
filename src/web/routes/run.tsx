import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../../api/context';
import { syncIdParams } from '../../api/openapi/sync-schemas';
import type { ChangeKind } from '../../contract/changes';
import { readProgress } from '../../operations/read-progress';
import { shareReading } from '../../operations/share-reading';
import { traceUrl } from '../../process/config/tracing-config';
import { countChanges, listChanges } from '../../store/directory/read-changes';
import { listDepartingProviders, listNewProviders } from '../../store/directory/read-providers';
import { listRejectedRecords } from '../../store/directory/read-rejected-records';
import { findNeighbours } from '../../store/runs/find-neighbours';
import { findMender } from '../../store/runs/read-causes';
import type { RunWithCalls } from '../../store/runs/read-runs';
import { versionOf } from '../../store/runs/read-version';
import { awaitedApproval } from '../../store/runs/run-row';
import { RUN_NOTICES } from '../components/outcome-notice';
import { AWAITING } from '../components/status';
import { exactTime } from '../components/time';
import { findShownRun } from '../find-shown-run';
import { RunPage } from '../pages/run';
import { sendPage } from '../render';
import { runPlaces } from '../run-places';
import { noticeName } from './form';

/** The number of items of each list on the page of a run; other pages have all of them. */
const SHOWN = 25;
/** Seconds after which a browser without scripts reloads the page of a running run. */
const REFRESH_S = 3;

const notice = noticeName(RUN_NOTICES).catch(undefined);

/** The page of one run. */
export async function runRoute(root: FastifyInstance, context: ApiContext): Promise<void> {
  const read = shareReading(async (id: string) => {
    const { run, isPartial } = await findShownRun(context, id);
    const [lists, progress] = await Promise.all([
      isPartial ? NO_LISTS : readLists(context, run),
      readProgress(context, run),
    ]);
    return { run, isPartial, lists, progress };
  });

  root
    .withTypeProvider<ZodTypeProvider>()
    .get(
      '/runs/:id',
      { schema: { params: syncIdParams, querystring: z.object({ notice }) } },
      async (request, reply) => {
        const { notice } = request.query;
        const { run, isPartial, lists, progress } = await read(request.params.id);
        const isAwaited = awaitedApproval(run) !== null && notice !== 'decided';
        const isMoving = run.status === 'running' && !isAwaited;
        const title = `${run.replayOf ? 'Replay' : 'Sync'} of ${run.partner}, ${isAwaited ? AWAITING : run.status}, ${exactTime(run.startedAt)}`;
        return sendPage(
          request,
          reply,
          // A reload would lose the text that an operator types into the approval form.
          { title, ...(isMoving && { refresh: REFRESH_S }) },
          <RunPage
            {...lists}
            run={run}
            isPartial={isPartial}
            version={versionOf(run)}
            progress={progress}
            places={runPlaces(context, request, run)}
            workflowUrl={workflowUrl(context, run)}
            traceUrl={traceUrl(context.tracing, run.traceId)}
            canOperate={request.role === 'operator'}
            notice={notice}
          />,
        );
      },
    );
}

const NONE = { items: [], nextCursor: null };
/** The lists of a run while Postgres is unavailable. */
const NO_LISTS = {
  counts: { new: 0, left: 0, returned: 0, changed: 0, atLeast: [] },
  changes: { left: NONE, returned: NONE, changed: NONE },
  ...{ newcomers: NONE, rejected: NONE, departing: NONE, mender: null },
  neighbours: { earlier: null, later: null },
};

async function readLists({ dataSource }: ApiContext, run: RunWithCalls) {
  const part = { runId: run.id, limit: SHOWN };
  const ofKind = (kind: ChangeKind) => listChanges(dataSource, { run: run.id, kind, limit: SHOWN });
  const [counts, left, returned, changed, newcomers, rejected, departing, mender, neighbours] =
    await Promise.all([
      countChanges(dataSource, { run: run.id }),
      ofKind('left'),
      ofKind('returned'),
      ofKind('changed'),
      listNewProviders(dataSource, part),
      listRejectedRecords(dataSource, part),
      listDepartingProviders(dataSource, part),
      findMender(dataSource, run),
      findNeighbours(dataSource, run),
    ]);
  const changes = { left, returned, changed };
  return { counts, changes, newcomers, rejected, departing, mender, neighbours };
}

function workflowUrl({ http, temporal }: ApiContext, run: RunWithCalls): string | null {
  const place = [temporal.namespace, 'workflows', run.workflowId, run.runId]
    .map(encodeURIComponent)
    .join('/');
  return http.temporalUiUrl && `${http.temporalUiUrl}/namespaces/${place}/history`;
}
