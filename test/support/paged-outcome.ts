import type { DataSource } from 'typeorm';
import { PAGED_SIZE, type PagedPartner, personOf } from './paged-partner';
import { directory } from './system';

/** What the tables have after a run with many pages. */
interface LeftRows {
  /** People who are not in the directory. */
  readonly lost: readonly string[];
  /** People in the directory who were not served, and copies. */
  readonly unexpected: readonly string[];
  /** Pages for which the ledger has fewer calls than the partner. */
  readonly unrecorded: readonly number[];
  /** Rows of the staging tables. */
  readonly stagedRows: number;
}

/** The end of a run with many pages. */
export interface PagedOutcome extends LeftRows {
  readonly workflowId: string;
  readonly status: string;
  /** Type and message of a failure. */
  readonly failure: string | null;
  /** The runs that held the partner, as seen during each call; an empty text if none did. */
  readonly holders: readonly string[];
  readonly temporalRuns: number;
  /** The largest number of calls for one page. */
  readonly mostCalls: number;
  readonly authCalls: number;
}

/** Compares the tables with the partner. The last page is empty. */
export async function readLeft(
  dataSource: DataSource,
  partner: PagedPartner,
  pages: readonly number[],
): Promise<LeftRows> {
  const served = pages
    .slice(1)
    .flatMap((page) =>
      Array.from({ length: PAGED_SIZE }, (_, index) => personOf((page - 2) * PAGED_SIZE + index)),
    );
  const stored = await directory(dataSource);
  const missing = new Set(served);
  const unexpected = stored.filter((person) => !missing.delete(person));
  const ledger = await dataSource.query<{ page: number; calls: number }[]>(
    `SELECT page, count(*)::integer AS calls FROM partner_calls WHERE endpoint = 'providers' GROUP BY page`,
  );
  const recorded = new Map(ledger.map(({ page, calls }) => [page, calls]));
  const [staged]: [{ count: number }] = await dataSource.query(
    `SELECT ((SELECT count(*) FROM staged_pages) + (SELECT count(*) FROM staged_records))::integer AS count`,
  );
  return {
    lost: [...missing],
    unexpected,
    unrecorded: pages.filter((page) => (recorded.get(page) ?? 0) < partner.count(page)),
    stagedRows: staged.count,
  };
}
