import type { DataSource } from 'typeorm';

/** How many records are staged, by partner. It reads the pages and not their records. */
export async function countStaged(dataSource: DataSource): Promise<ReadonlyMap<string, number>> {
  const rows: { partner: string; records: number }[] = await dataSource.query(
    `SELECT partner, sum(staged_pages.received)::double precision AS records
     FROM staged_pages JOIN sync_runs ON sync_runs.id = staged_pages.run_id
     GROUP BY partner`,
  );
  return new Map(rows.map(({ partner, records }) => [partner, records]));
}
