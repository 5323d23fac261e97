import type { DataSource } from 'typeorm';
import { RUN_STATUSES, type RunStatus } from '../../contract/run';
import { ExpectedError } from '../../process/expected-error';
import { Conditions } from '../lists/conditions';
import { isGood } from '../runs/good-run';
import { WITH_PARTNERS } from '../runs/read-version';
import { RUN_COLUMNS, type Run, type RunRow, toRun } from '../runs/run-row';

export type RunCounts = { readonly [status in RunStatus]: number };

/** A partner's part of the directory, and its runs in numbers, without replays. */
export interface PartnerStats {
  readonly partner: string;
  readonly providers: {
    readonly total: number;
    /** Those that are still in the partner's list. */
    readonly listed: number;
  };
  readonly lastRun: Run;
  readonly lastSuccess: Run | null;
  readonly running: Run | null;
  readonly last24Hours: RunCounts;
  readonly last7Days: RunCounts;
  /** Rejected records of the runs of the last 24 hours. */
  readonly rejectedLast24Hours: number;
  /** Rejected records of the last 24 hours that are still open. */
  readonly openRejectedLast24Hours: number;
  /** How many of these differ in person or fault. */
  readonly openRejectedGroups: number;
  /** When the first of them came, in ISO 8601, UTC; null if there is none. */
  readonly openRejectedSince: string | null;
  /** Whether each of the latest runs succeeded or failed, at most 20, the latest first. */
  readonly latestOutcomes: readonly boolean[];
  /** Milliseconds that the successful runs of the last 7 days took; null if there was none. */
  readonly duration: { readonly median: number | null; readonly p95: number | null };
}

/** The runs that started in one hour or one day. */
export interface RunSeriesPoint {
  /** The full hour or the midnight at which it begins, in ISO 8601, UTC. */
  readonly start: string;
  readonly counts: RunCounts;
  /** Milliseconds that the successful runs took; null if there was none. */
  readonly medianDuration: number | null;
}

/** Enough to see how often a partner fails now. */
const LATEST = 20;
const MAX_DAYS = 366;
/** A series of at most this many days has a point for each hour, a longer one for each day. */
const HOURLY_DAYS = 2;

const MILLISECONDS = 'extract(epoch FROM finished_at - started_at) * 1000';

/** The counts of runs by status, as a JSON object. */
function countByStatus(condition = 'true'): string {
  const counts = RUN_STATUSES.map(
    (status) => `'${status}', count(*) FILTER (WHERE status = '${status}' AND ${condition})`,
  );
  return `json_build_object(${counts.join(', ')})`;
}

interface PartnerRow extends Omit<PartnerStats, 'lastRun' | 'lastSuccess' | 'running' | 'openRejectedSince'> {
  readonly openRejectedSince: Date | null;
  readonly lastRunId: string;
  readonly lastSuccessId: string | null;
  readonly runningId: string | null;
}

const IS_LAST_24_HOURS = `started_at > now() - interval '1 day'`;

const STATS = `
  ${WITH_PARTNERS}
  SELECT partner, recent.*, open_rejected.*, ended.*,
    json_build_object('total', coalesce(total, 0), 'listed', coalesce(listed, 0)) AS providers,
    (SELECT id FROM sync_runs WHERE sync_runs.partner = partners.partner AND replay_of IS NULL
     ORDER BY started_at DESC, id DESC LIMIT 1) AS "lastRunId",
    (SELECT id FROM sync_runs WHERE sync_runs.partner = partners.partner AND ${isGood()}
     ORDER BY finished_at DESC LIMIT 1) AS "lastSuccessId",
    (SELECT id FROM sync_runs WHERE sync_runs.partner = partners.partner AND status = 'running') AS "runningId"
  FROM partners CROSS JOIN LATERAL (
    SELECT
      ${countByStatus(IS_LAST_24_HOURS)} AS "last24Hours",
      ${countByStatus()} AS "last7Days",
      coalesce(sum(rejected) FILTER (WHERE ${IS_LAST_24_HOURS}), 0)::double precision AS "rejectedLast24Hours",
      json_build_object(
        'median', percentile_cont(0.5) WITHIN GROUP (ORDER BY ${MILLISECONDS}) FILTER (WHERE status = 'succeeded'),
        'p95', percentile_cont(0.95) WITHIN GROUP (ORDER BY ${MILLISECONDS}) FILTER (WHERE status = 'succeeded')
      ) AS duration
    FROM sync_runs
    WHERE sync_runs.partner = partners.partner AND started_at > now() - interval '7 days'
      AND replay_of IS NULL) recent
  CROSS JOIN LATERAL (
    SELECT count(*)::double precision AS "openRejectedLast24Hours",
      count(DISTINCT group_key)::double precision AS "openRejectedGroups", min(created_at) AS "openRejectedSince"
    FROM rejected_records
    WHERE rejected_records.partner = partners.partner AND state = 'open'
      AND created_at > now() - interval '1 day') open_rejected
  CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(status = 'succeeded' ORDER BY started_at DESC, id DESC), '[]') AS "latestOutcomes"
    FROM (
      SELECT status, started_at, id FROM sync_runs
      WHERE sync_runs.partner = partners.partner AND status IN ('succeeded', 'failed') AND replay_of IS NULL
      ORDER BY started_at DESC, id DESC
      LIMIT ${LATEST}) latest) ended
  LEFT JOIN (SELECT partner, total, listed FROM provider_counts WHERE field = 'all') sizes USING (partner)
  ORDER BY partner`;

/** The number of providers of each partner. */
export async function readSizes(
  dataSource: DataSource,
): Promise<ReadonlyMap<string, PartnerStats['providers']>> {
  const rows: ({ partner: string } & PartnerStats['providers'])[] = await dataSource.query(
    `SELECT partner, total, listed FROM provider_counts WHERE field = 'all'`,
  );
  return new Map(rows.map(({ partner, ...size }) => [partner, size]));
}

/** The stats of every partner that ever had a run, by name. */
export async function readStats(dataSource: DataSource): Promise<PartnerStats[]> {
  const rows: PartnerRow[] = await dataSource.query(STATS);
  const ids = rows.flatMap((row) => [row.lastRunId, row.lastSuccessId, row.runningId]);
  const runs: RunRow[] = await dataSource.query(`SELECT ${RUN_COLUMNS} FROM sync_runs WHERE id = ANY ($1)`, [
    ids.filter((id) => id !== null),
  ]);
  const byId = new Map(runs.map((run) => [run.id, toRun(run)]));
  return rows.flatMap(({ lastRunId, lastSuccessId, runningId, ...row }) => {
    const lastRun = byId.get(lastRunId);
    if (!lastRun) return [];
    return {
      ...row,
      openRejectedSince: row.openRejectedSince?.toISOString() ?? null,
      lastRun,
      lastSuccess: byId.get(lastSuccessId ?? '') ?? null,
      running: byId.get(runningId ?? '') ?? null,
    };
  });
}

/**
 * The runs of the last days until now: a point for each hour if these are at most two days, and for each day
 * otherwise. The earliest point is the first; points without runs are included.
 *
 * @throws ExpectedError if the number of days is out of range
 */
export async function readRunSeries(
  dataSource: DataSource,
  { partner, days }: { partner?: string | undefined; days: number },
): Promise<RunSeriesPoint[]> {
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS) {
    throw new ExpectedError(`The number of days must be a whole number from 1 to ${MAX_DAYS}.`);
  }
  const isHourly = days <= HOURLY_DAYS;
  const conditions = new Conditions();
  const unit = `${conditions.parameter(isHourly ? 'hour' : 'day')}::text`;
  const hours = `${conditions.parameter(isHourly ? 1 : 24)}::integer`;
  const points = `${conditions.parameter(isHourly ? days * 24 : days)}::integer`;
  // A day in UTC always has 24 hours; a day in the time zone of the session may have 23 or 25.
  const step = `make_interval(hours => ${hours})`;
  conditions.add(`started_at >= start AND started_at < start + ${step}`);
  conditions.equals('partner', partner);
  const rows: (Omit<RunSeriesPoint, 'start'> & { start: Date })[] = await dataSource.query(
    `SELECT start, ${countByStatus()} AS counts,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY ${MILLISECONDS}) FILTER (WHERE status = 'succeeded')
         AS "medianDuration"
     FROM generate_series(
       date_trunc(${unit}, now(), 'UTC') - (${points} - 1) * ${step}, now(), ${step}) AS start
     LEFT JOIN sync_runs ON ${conditions}
     GROUP BY start ORDER BY start`,
    conditions.parameters,
  );
  return rows.map((row) => ({ ...row, start: row.start.toISOString() }));
}
