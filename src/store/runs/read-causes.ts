import type { Endpoint } from '../../contract/call';
import { adviseOn, FAILURES, type FailureType } from '../../contract/failures';
import { Conditions } from '../lists/conditions';
import type { RunFilter } from '../lists/filters';
import type { Reader } from '../postgres/snapshot';
import { isGood } from './good-run';
import { narrowRuns } from './narrow-runs';
import type { Run } from './run-row';

/** The statuses of runs that went wrong without an operator. */
export const BAD_STATUSES = ['failed', 'abandoned'] as const;

export interface CauseFilter extends Omit<RunFilter, 'status'> {
  readonly status?: (typeof BAD_STATUSES)[number] | undefined;
}

/** The first successful run of a partner after a failed one. */
export interface Mender {
  /** Null if there is none. */
  readonly mendedByRunId: string | null;
  /** When that run ended, in ISO 8601, UTC. */
  readonly mendedAt: string | null;
}

/** The failed runs of one partner with one cause. Times are ISO 8601, UTC. */
export interface PartnerCause extends Mender {
  readonly partner: string;
  readonly count: number;
  /** When the first of these runs started. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** The endpoint whose calls failed in the example; null if the cause was not a call. */
  readonly endpoint: Endpoint | null;
  /** The most frequent message. */
  readonly message: string;
  /** The latest run with this message. */
  readonly exampleRunId: string;
}

/** The failed runs with one cause. */
export interface RunCause extends Pick<PartnerCause, 'count' | 'firstAt' | 'lastAt'> {
  readonly failureType: FailureType;
  readonly title: string;
  readonly meaning: string;
  readonly advice: string;
  /** `mended` if each partner has had a successful run since its last one of these. */
  readonly state: 'mended' | 'failing';
  /** Those that are still failing first, then the one with the latest run first. */
  readonly partners: readonly PartnerCause[];
}

type Row = Omit<PartnerCause, 'firstAt' | 'lastAt' | 'mendedAt'> & {
  readonly failureType: FailureType;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly mendedAt: Date | null;
};

/**
 * The failed and abandoned runs that match the filter, grouped by cause; replays are left out. Causes that still fail come
 * first, then the one with the latest run. Whether a cause is mended does not depend on the filter.
 */
export async function readRunCauses(reader: Reader, { status, ...filter }: CauseFilter): Promise<RunCause[]> {
  const conditions = new Conditions();
  narrowRuns(conditions, filter);
  const statuses = status === undefined ? BAD_STATUSES : [status];
  conditions.add(`status = ANY (${conditions.parameter(statuses)})`);
  conditions.add('replay_of IS NULL AND failure_type IS NOT NULL');
  const rows: Row[] = await reader.query(
    `WITH messages AS (
       SELECT failure_type, partner, failure_message AS message, count(*) AS runs,
         min(started_at) AS first, max(started_at) AS last,
         (array_agg(id ORDER BY started_at DESC, id DESC))[1] AS example
       FROM sync_runs WHERE ${conditions}
       GROUP BY failure_type, partner, failure_message
     ), causes AS (
       SELECT failure_type, partner, sum(runs)::integer AS runs, min(first) AS first, max(last) AS last,
         (array_agg(message ORDER BY runs DESC, last DESC))[1] AS message,
         (array_agg(example ORDER BY runs DESC, last DESC))[1] AS example
       FROM messages GROUP BY failure_type, partner
     )
     SELECT failure_type AS "failureType", causes.partner, runs AS count, first AS "firstAt", last AS "lastAt",
       coalesce(message, '') AS message, example AS "exampleRunId",
       (SELECT endpoint FROM partner_calls WHERE run_id = example AND outcome = failure_type
        ORDER BY started_at DESC LIMIT 1) AS endpoint,
       mender.id AS "mendedByRunId", mender.finished_at AS "mendedAt"
     FROM causes LEFT JOIN LATERAL (${selectMender('causes.partner', 'causes.last')}) mender ON true
     ORDER BY mender.id IS NOT NULL, last DESC, failure_type, causes.partner`,
    conditions.parameters,
  );
  const types = [...new Set(rows.map(({ failureType }) => failureType))];
  return types
    .map((type) =>
      toCause(
        type,
        rows.filter(({ failureType }) => failureType === type),
      ),
    )
    .sort((a, b) => a.state.localeCompare(b.state) || b.lastAt.localeCompare(a.lastAt));
}

/** Whether a later run of the partner succeeded. Null for a run that did not go wrong, and for a replay. */
export async function findMender(
  reader: Reader,
  { partner, startedAt, status, replayOf }: Pick<Run, 'partner' | 'startedAt' | 'status' | 'replayOf'>,
): Promise<Mender | null> {
  if (replayOf !== null || !(BAD_STATUSES as readonly string[]).includes(status)) return null;
  const [found]: [{ id: string; finished_at: Date }?] = await reader.query(
    selectMender('$1', '$2::timestamptz'),
    [partner, startedAt],
  );
  return { mendedByRunId: found?.id ?? null, mendedAt: found?.finished_at.toISOString() ?? null };
}

function selectMender(partner: string, failedAt: string): string {
  return `
    SELECT id, finished_at FROM sync_runs
    WHERE sync_runs.partner = ${partner} AND sync_runs.started_at > ${failedAt} AND ${isGood()}
    ORDER BY sync_runs.started_at LIMIT 1`;
}

function toCause(failureType: FailureType, rows: readonly Row[]): RunCause {
  const { title, meaning } = FAILURES[failureType];
  const partners = rows.map(toPartnerCause);
  const message = partners[0]?.message ?? '';
  return {
    failureType,
    title,
    meaning,
    advice: adviseOn({ type: failureType, message }),
    state: partners.every(({ mendedAt }) => mendedAt !== null) ? 'mended' : 'failing',
    count: partners.reduce((sum, { count }) => sum + count, 0),
    firstAt: partners.map(({ firstAt }) => firstAt).sort()[0] ?? '',
    lastAt:
      partners
        .map(({ lastAt }) => lastAt)
        .sort()
        .at(-1) ?? '',
    partners,
  };
}

function toPartnerCause({ failureType: _, firstAt, lastAt, mendedAt, ...row }: Row): PartnerCause {
  return {
    ...row,
    firstAt: firstAt.toISOString(),
    lastAt: lastAt.toISOString(),
    mendedAt: mendedAt?.toISOString() ?? null,
  };
}
