import { type EndedRun, readLastEnded } from '../../temporal/runs/last-ended';
import { type OpenRuns, readOpenRuns } from '../../temporal/runs/open-runs';
import { readScheduleSamples } from '../../temporal/schedules/schedule-samples';
import type { OperationContext } from '../context';
import { type CheckOutcome, inTime, unknown } from './check';
import { checkPartners } from './check-partners';
import { checkPayloadKeys, type KeyUse } from './check-payload-keys';
import { checkPruning } from './check-pruning';
import { checkRuns, countWaiting } from './check-runs';
import { checkSchedules } from './check-schedules';
import { checkStore } from './check-store';
import { checkTemporal } from './check-temporal';
import { checkWorkers } from './check-workers';

/** For all checks together. Health checks from outside wait longer. */
const WITHIN_MS = 4_000;
const MARGIN_MS = 500;
const WITHOUT_TEMPORAL = 'unknown while Temporal cannot be reached';

/** The state of the services that syncs need. */
export interface ServicesChecked {
  readonly outcomes: readonly CheckOutcome[];
  /** Workers that poll; null if Temporal did not say. */
  readonly workersPolling: number | null;
  /** Runs that make no progress; null if Temporal did not say. */
  readonly runsWaiting: number | null;
}

/** Checks all services that syncs need, at the same time and with a deadline. Only checks that need Temporal wait for its check. */
export async function checkServices(context: OperationContext): Promise<ServicesChecked> {
  const deadline = Date.now() + WITHIN_MS;
  const { client, partners, dataSource } = context;
  const store = inTime('postgres', deadline, () => checkStore(dataSource));
  const reachable = inTime('partners', deadline, () => checkPartners(partners));
  const [temporal] = await inTime('temporal', deadline, () => checkTemporal(context));
  if (temporal?.state !== 'ok') {
    const without = (['workers', 'runs', 'payload keys', 'schedules', 'old history'] as const).map((check) =>
      unknown(check, WITHOUT_TEMPORAL),
    );
    const outcomes = [...(await store), ...(temporal ? [temporal] : []), ...without, ...(await reachable)];
    return { outcomes, workersPolling: null, runsWaiting: null };
  }
  // Each request to Temporal, retries included, has to end before its check does.
  const asking = <T>(ask: () => Promise<T>) => client.withDeadline(deadline - MARGIN_MS, ask);
  let workersPolling: number | null = null;
  let runsWaiting: number | null = null;
  const open = asking(() => readOpenRuns(client, context.temporal.taskQueue));
  open.catch(() => undefined);
  const outcomes = await Promise.all([
    inTime('workers', deadline, async () => {
      const { outcome, polling } = await asking(() => checkWorkers(context));
      workersPolling = polling;
      return outcome;
    }),
    inTime('runs', deadline, async () => {
      const runs = await open;
      runsWaiting = countWaiting(runs);
      return checkRuns(runs);
    }),
    inTime('payload keys', deadline, () => asking(async () => keysInUse(context, await open))),
    inTime('schedules', deadline, async () =>
      partners.size > 0
        ? asking(() => checkSchedules(context))
        : unknown('schedules', 'unknown while partners.yaml cannot be read'),
    ),
    inTime('old history', deadline, () => asking(() => checkPruning(context))),
  ]);
  return {
    outcomes: [...(await store), temporal, ...outcomes.flat(), ...(await reachable)],
    workersPolling,
    runsWaiting,
  };
}

async function keysInUse(
  { client, temporal: { taskQueue, payloadKeys }, partners }: OperationContext,
  { examined }: OpenRuns,
): Promise<CheckOutcome> {
  const scheduleUses = [...partners.keys()].map(
    async (partner): Promise<KeyUse> => ({
      name: `the schedule of ${partner}`,
      samples: await readScheduleSamples(client, { partner, taskQueue }),
      link: `/partners#${partner}`,
      isOver: false,
    }),
  );
  const [last, ...schedules] = await Promise.all([readLastEnded(client, taskQueue), ...scheduleUses]);
  const runs = examined.map((run) => runUse(run, false));
  return checkPayloadKeys(payloadKeys, [...runs, ...schedules, ...(last ? [runUse(last, true)] : [])]);
}

function runUse({ workflowId, samples }: EndedRun, isOver: boolean): KeyUse {
  const link = `/runs/${encodeURIComponent(workflowId)}`;
  return { name: `the run ${workflowId}`, samples, link, isOver };
}
