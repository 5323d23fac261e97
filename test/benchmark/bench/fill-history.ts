import type { DataSource } from 'typeorm';
import { listProviderChanges } from '../../../src/store/directory/read-provider-history';
import { listRejectedRecords } from '../../../src/store/directory/read-rejected-records';
import { listRuns } from '../../../src/store/runs/read-runs';

const MINUTES_APART = 10;

/** Rows of the history that pages show. */
export interface Sights {
  /** Ids of a run with changes and rejected records, and of one that failed. */
  readonly run: string;
  readonly failedRun: string;
  /** The id of a provider with changes. */
  readonly provider: string;
  /** A cursor of the list of runs, far back in the past. */
  readonly cursor: string;
}

/**
 * Writes this many past runs, one every ten minutes. Every fifth run failed. Each successful run made five changes,
 * and every tenth of them rejected thirty records.
 */
export async function fillHistory(
  dataSource: DataSource,
  partners: readonly string[],
  runs: number,
): Promise<Sights> {
  await dataSource.query(
    `INSERT INTO sync_runs (partner, trigger, status, workflow_id, run_id, started_at, finished_at, feed,
       received, unchanged, updated, rejected, failure_type, failure_message)
     SELECT ($1::text[])[1 + n % cardinality($1)], 'schedule', CASE WHEN failed THEN 'failed' ELSE 'succeeded' END,
       'sync-' || n, gen_random_uuid(), start, start + make_interval(secs => 0.5 + n % 7), 'snapshot',
       came, came - changed, changed, CASE WHEN n % 10 = 1 THEN 30 ELSE 0 END,
       CASE WHEN failed THEN 'PartnerTimeout' END, CASE WHEN failed THEN 'no complete answer within 10 seconds' END
     FROM generate_series(1, $2::integer) n,
       LATERAL (SELECT n % 5 = 0 AS failed, now() - make_interval(mins => ${MINUTES_APART} * n) AS start) run,
       LATERAL (SELECT CASE WHEN failed THEN 0 ELSE 1000 END AS came, CASE WHEN failed THEN 0 ELSE 5 END AS changed) list`,
    [partners, runs],
  );
  await dataSource.query(
    `INSERT INTO partner_calls (run_id, endpoint, attempt, started_at, took_ms, http_status, bytes, outcome)
     SELECT id, endpoint, attempt, started_at, 200, 200, 1184,
       CASE WHEN status = 'failed' AND endpoint = 'providers' THEN 'PartnerTimeout' ELSE 'ok' END
     FROM sync_runs, (VALUES ('auth', 1), ('providers', 1), ('providers', 2), ('providers', 3)) made (endpoint, attempt)
     WHERE attempt = 1 OR status = 'failed'`,
  );
  await dataSource.query(
    `INSERT INTO rejected_records (run_id, partner, position, reason, field, raw, created_at)
     SELECT id, partner, position, (ARRAY['TooLong', 'BlankField', 'NotText'])[1 + position % 3], 'name_family',
       '{"name_given": "Renata", "name_family": " ", "title": "Dr.", "clinic": "Northgate Urgent Care"}', finished_at
     FROM sync_runs, generate_series(1, 30) position WHERE rejected > 0`,
  );
  await dataSource.query(
    `INSERT INTO provider_changes (provider_id, run_id, field, before, after, changed_at)
     SELECT person.id, run.id, 'title', '"PA"', '"Dr."', run.finished_at
     FROM (SELECT *, row_number() OVER (PARTITION BY partner ORDER BY started_at) AS number
           FROM sync_runs WHERE updated > 0) run
     CROSS JOIN generate_series(0, 4) nth
     JOIN (SELECT id, partner, row_number() OVER (PARTITION BY partner ORDER BY id) AS number FROM providers) person
       ON person.partner = run.partner AND person.number = 1 + (run.number * 5 + nth) % 1000
     ORDER BY run.finished_at`,
  );
  await dataSource.query('VACUUM (ANALYZE)');

  const { items: failed } = await listRuns(dataSource, { status: 'failed', limit: 1 });
  const { items: rejected } = await listRejectedRecords(dataSource, { limit: 1 });
  const { items: changes } = await listProviderChanges(dataSource, { limit: 1 });
  const { nextCursor } = await listRuns(dataSource, { limit: runs - 100 });
  return {
    run: rejected[0]?.runId ?? '',
    failedRun: failed[0]?.id ?? '',
    provider: changes[0]?.providerId ?? '',
    cursor: nextCursor ?? '',
  };
}

/** A successful run that changed this many providers. */
export async function recordGoodRun(dataSource: DataSource, partner: string, updated: number): Promise<void> {
  await dataSource.query(
    `INSERT INTO sync_runs (partner, trigger, status, workflow_id, run_id, finished_at, feed, updated)
     VALUES ($1, 'schedule', 'succeeded', 'sync', gen_random_uuid(), clock_timestamp(), 'snapshot', $2)`,
    [partner, updated],
  );
}
