import type { DataSource } from 'typeorm';
import { isGood } from './good-run';

const LAST_GOOD_RUNS = `
  SELECT partner, finished_at
  FROM unnest($1::text[]) AS asked (partner) CROSS JOIN LATERAL (
    SELECT finished_at FROM sync_runs WHERE sync_runs.partner = asked.partner AND ${isGood()}
    ORDER BY finished_at DESC LIMIT 1) last_good`;

/** When the last good run of each partner ended, in ISO 8601, UTC. A partner without one is not included. */
export async function readLastGoodRuns(
  dataSource: DataSource,
  partners: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows: { partner: string; finished_at: Date }[] = await dataSource.query(LAST_GOOD_RUNS, [partners]);
  return new Map(rows.map(({ partner, finished_at }) => [partner, finished_at.toISOString()]));
}
