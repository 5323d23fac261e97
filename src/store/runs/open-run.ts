import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { SkippedRun } from '../../contract/activities';
import { NamedFailure } from '../../contract/named-failure';
import type { Trigger } from '../../contract/names';
import type { RunHolder, RunStatus } from '../../contract/run';
import { isId } from '../lists/conditions';
import { prepared } from '../postgres/prepared';
import { RunSupersededError } from '../postgres/store-failure';
import type { Subscriptions } from '../webhooks/subscriptions';
import { abandonRun } from './abandon-run';
import { isGood } from './good-run';
import type { OnRunEnd } from './run-end';
import { HOLDER_COLUMNS } from './run-row';
import type { StepTiming } from './step-timing';

/** A try fails only if another run begins or ends at the same moment. */
const TRIES = 5;

/** The start of a run, as Temporal reports it. */
export interface RunStart {
  readonly partner: string;
  readonly trigger: Trigger;
  readonly workflowId: string;
  readonly temporalRunId: string;
  /** Our id of the run whose answer is replayed. */
  readonly replayOf?: string | undefined;
  /** When Temporal received the start (ISO 8601, UTC). */
  readonly requestedAt?: string | undefined;
  readonly startedBy?: string | undefined;
  /** Of the worker that opens the run. */
  readonly workerVersion?: string | undefined;
  /** In hex; see `mappingHash` of the partner's entry. */
  readonly mappingHash?: string | undefined;
  /** The trace of the run, in hex. */
  readonly traceId?: string | undefined;
  /** Of the step that opens the run. */
  readonly timing?: StepTiming | undefined;
}

export type RunOpening =
  | { readonly status: 'opened'; readonly id: string; readonly lastGood: LastGoodRun | null }
  | SkippedRun;

/** The partner's last successful run. */
export interface LastGoodRun {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly received: number;
}

/** The last successful run of the partner in `$2`. */
const LAST_GOOD = `(
  SELECT json_build_object(
    'startedAt', to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'received', received)
  FROM sync_runs WHERE partner = $2 AND ${isGood()} ORDER BY finished_at DESC LIMIT 1) AS "lastGood"`;

/**
 * Claims the partner for a run. The run is recorded as running, or as skipped if another run holds the partner. A
 * second call for the same Temporal run returns the same result.
 *
 * @param isHeld whether Temporal still runs the holder; otherwise the holder is abandoned
 * @param onEnd takes the end of an abandoned holder, or of this run if it is skipped
 * @param subscriptions who gets a message about the end of an abandoned holder
 * @throws RunSupersededError if the same Temporal run was opened before and has ended since
 * @throws NamedFailure `StoreUnavailable` if other runs kept claiming the partner; a later attempt can succeed
 */
export async function openRun(
  dataSource: DataSource,
  start: RunStart,
  isHeld: (holder: RunHolder) => Promise<boolean>,
  onEnd?: OnRunEnd,
  subscriptions?: Subscriptions,
): Promise<RunOpening> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const opened = await insertRunning(dataSource, start);
    if (opened) return opened;
    const before = await findOpening(dataSource, start);
    if (before) return before;

    const holder = await findHolder(dataSource, start.partner);
    if (!holder) continue;
    if (!(await isHeld(holder))) {
      await abandonRun(dataSource, holder.id, onEnd, subscriptions);
      continue;
    }
    const skipped = await insertSkipped(dataSource, start, holder);
    if (!skipped) continue;
    onEnd?.({ partner: start.partner, status: 'skipped', failure: null, seconds: null, counts: null });
    return skipped;
  }
  throw new NamedFailure(
    'StoreUnavailable',
    `Other runs of ${start.partner} kept starting and ending while this one started.`,
  );
}

async function insertRunning(dataSource: DataSource, start: RunStart): Promise<RunOpening | null> {
  const [run]: [{ id: string; lastGood: LastGoodRun | null }?] = await dataSource.query(
    INSERT_RUNNING,
    startValues(start),
  );
  return run ? { status: 'opened', ...run } : null;
}

/** The columns of `sync_runs` that a start fills, and the parameters of {@link startValues}. */
export const START_COLUMNS = `
  id, partner, trigger, workflow_id, run_id, replay_of, requested_at, started_by, claim_scheduled_at, claim_attempts,
  worker_version, mapping_hash, trace_id`;
export const START_PARAMETERS = '$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13';

const INSERT_RUNNING = prepared(`
  INSERT INTO sync_runs (${START_COLUMNS}, status)
  VALUES (${START_PARAMETERS}, 'running')
  ON CONFLICT DO NOTHING
  RETURNING id, ${LAST_GOOD}`);

export function startValues(start: RunStart): unknown[] {
  return [
    runIdOf(start),
    start.partner,
    start.trigger,
    start.workflowId,
    start.temporalRunId,
    start.replayOf ?? null,
    start.requestedAt ?? null,
    start.startedBy ?? null,
    start.timing?.scheduledAt ?? null,
    start.timing?.attempts ?? null,
    start.workerVersion ?? null,
    start.mappingHash === undefined ? null : Buffer.from(start.mappingHash, 'hex'),
    start.traceId ?? null,
  ];
}

/** Our id of a run. It is Temporal's run ID, which the starter knows; a random one if that is not a UUID. */
function runIdOf({ temporalRunId }: RunStart): string {
  return isId(temporalRunId) ? temporalRunId.toLowerCase() : randomUUID();
}

interface FoundOpening {
  readonly id: string;
  readonly status: RunStatus;
  readonly lastGood: LastGoodRun | null;
  readonly holder: RunHolder | null;
}

/** The result of an earlier execution of the same step. */
async function findOpening(
  dataSource: DataSource,
  { temporalRunId, partner }: RunStart,
): Promise<RunOpening | null> {
  const [run]: [FoundOpening?] = await dataSource.query(
    `SELECT run.id, run.status, ${LAST_GOOD},
       json_build_object('id', holder.id, 'workflowId', holder.workflow_id, 'runId', holder.run_id) AS holder
     FROM sync_runs run LEFT JOIN sync_runs holder ON holder.id = run.holder_id
     WHERE run.run_id = $1`,
    [temporalRunId, partner],
  );
  if (!run) return null;
  if (run.status === 'running') return { status: 'opened', id: run.id, lastGood: run.lastGood };
  if (run.status === 'skipped' && run.holder) return { status: 'skipped', id: run.id, holder: run.holder };
  throw new RunSupersededError(run.id, run.status);
}

async function findHolder(dataSource: DataSource, partner: string): Promise<RunHolder | null> {
  const [holder]: [RunHolder?] = await dataSource.query(
    `SELECT ${HOLDER_COLUMNS} FROM sync_runs WHERE partner = $1 AND status = 'running'`,
    [partner],
  );
  return holder ?? null;
}

async function insertSkipped(
  dataSource: DataSource,
  start: RunStart,
  holder: RunHolder,
): Promise<SkippedRun | null> {
  const [run]: [{ id: string }?] = await dataSource.query(
    `INSERT INTO sync_runs (${START_COLUMNS}, status, finished_at, holder_id)
     VALUES (${START_PARAMETERS}, 'skipped', now(), $14)
     ON CONFLICT DO NOTHING
     RETURNING id`,
    [...startValues(start), holder.id],
  );
  return run ? { status: 'skipped', id: run.id, holder } : null;
}
