import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { PartnerCall } from '../../contract/call';
import { NamedFailure } from '../../contract/named-failure';
import type { Remark } from '../../contract/remarks';
import type { RunStatus } from '../../contract/run';
import type { PageTotals } from '../../partner/page/page-totals';
import { prepared } from '../postgres/prepared';
import { RunSupersededError } from '../postgres/store-failure';
import { inTransaction, type Transaction } from '../postgres/transaction';
import { insertMissingCalls } from '../runs/ledger';
import { type CopiedRecords, copyRecords, type RecordWriter } from './copy-records';

/** A page that is about to be fetched. */
export interface PageToStage {
  /** Our id of the run. */
  readonly runId: string;
  readonly partner: string;
  /** From 1. */
  readonly page: number;
  /** The cursor that leads to the page; null for the first page. */
  readonly cursor: string | null;
  /** Milliseconds until the last record must have been written. */
  readonly within: number;
}

/** What is known at the end of a page. */
export interface StagedPageEnd {
  /** All records of the page, usable or not. */
  readonly received: number;
  /** The cursor of the next page; null if this page is the last one. */
  readonly next: string | null;
  /** The number of records in all pages, as the page states it. */
  readonly total: number | null;
  readonly unknownFields: readonly string[];
  readonly sentFields: readonly string[];
  readonly remarks: readonly Remark[];
  /** SHA-256 of the body; null if its copy is not kept. */
  readonly answerSha256: Buffer | null;
  /** The calls that the ledger may lack. */
  readonly calls: readonly PartnerCall[];
}

interface PageWork {
  /** Fetches the page and hands its records on. Nothing is staged if it throws. */
  write(writer: RecordWriter): Promise<StagedPageEnd>;
  /** Throws if the page must not be kept, for example because there are too many records. */
  accept(totals: PageTotals): void;
}

/**
 * Stages a page in one transaction: its records, its counts and its calls. They replace what an earlier attempt
 * staged for this page and for later ones. Meanwhile no one can end the run.
 *
 * @param signal ends the staging at once
 * @throws RunSupersededError if the run has already ended
 * @throws NamedFailure `StagedRecordsMissing` if an earlier page is missing
 */
export function stagePage(
  dataSource: DataSource,
  page: PageToStage,
  { write, accept }: PageWork,
  signal?: AbortSignal,
): Promise<PageTotals> {
  const stage = async (transaction: Transaction) => {
    const first = await preparePlace(transaction, page);
    const { value: end, copied } = await copyRecords(transaction, { ...page, first }, write);
    if (copied.received !== end.received) {
      throw new Error(`${copied.received} of ${end.received} records were handed on`);
    }
    const totals = await insertPage(transaction, page, end, copied);
    accept(totals);
    return totals;
  };
  return inTransaction(dataSource, page.within, stage, { signal, looksUp: true });
}

/**
 * The number of records in all pages before one, in SQL. A worker of an earlier version does not keep it with a page.
 *
 * @param page the parameter with the page; `before` is the row of the page before it
 */
function recordsBefore(page: string): string {
  return `coalesce(
    before.records_so_far,
    (SELECT sum(received)::integer FROM staged_pages WHERE run_id = $1 AND page < ${page}), 0)`;
}

const LOCK_RUN = prepared('SELECT status FROM sync_runs WHERE id = $1 AND partner = $2 FOR NO KEY UPDATE');

const READ_PLACE = prepared(`SELECT coalesce(before.page, 0) AS pages, ${recordsBefore('$2')} AS records,
         EXISTS (SELECT FROM staged_pages WHERE run_id = $1 AND page >= $2) AS outdated
       FROM (SELECT) one LEFT JOIN (
         SELECT page, records_so_far FROM staged_pages
         WHERE run_id = $1 AND page < $2 ORDER BY page DESC LIMIT 1) before ON true`);

const INSERT_PAGE = prepared(`WITH calls AS (
       ${insertMissingCalls('$1', '$2')}
     ), inserted AS (
       INSERT INTO staged_pages (
         run_id, page, address_hash, received, rejected, total, unknown_fields, sent_fields, remarks, content_hash,
         answer_sha256, records_so_far, latest_total, largest_total)
       SELECT $1, $3, $4, $5::integer, $6, $7, $8, $9, $10, $12, $13,
         ${recordsBefore('$3')} + $5::integer, coalesce($7::integer, before.latest_total),
         greatest($7::integer, before.largest_total)
       FROM (SELECT) one LEFT JOIN (
         SELECT * FROM staged_pages WHERE run_id = $1 AND page = $3 - 1) before ON true
       RETURNING page, records_so_far, latest_total, largest_total
     )
     SELECT page AS pages, records_so_far AS records, latest_total AS total, largest_total AS "largestTotal",
       coalesce(
         (SELECT min(page) FROM staged_pages WHERE run_id = $1 AND address_hash = $11),
         CASE WHEN $11 = $4 THEN page END) AS "repeatedPage",
       CASE WHEN $5::integer > 1 THEN (
         SELECT min(page) FROM staged_pages WHERE run_id = $1 AND content_hash = $12 AND received > 1
       ) END AS "equalPage"
     FROM inserted`);

/**
 * Locks the run, and removes what earlier attempts left.
 *
 * @returns the position of the page's first record
 */
async function preparePlace({ runner }: Transaction, { runId, partner, page }: PageToStage): Promise<number> {
  const [run]: [{ status: RunStatus }?] = await runner.query(LOCK_RUN, [runId, partner]);
  if (run?.status !== 'running') {
    throw new RunSupersededError(runId, run?.status ?? 'the database does not know it');
  }
  const [{ pages, records, outdated }]: [{ pages: number; records: number; outdated: boolean }] =
    await runner.query(READ_PLACE, [runId, page]);
  if (pages !== page - 1) {
    throw new NamedFailure(
      'StagedRecordsMissing',
      `Page ${page} cannot be added: ${pages} of ${page - 1} pages before it are there.`,
    );
  }
  if (outdated) {
    await runner.query('DELETE FROM staged_records WHERE run_id = $1 AND page >= $2', [runId, page]);
    await runner.query('DELETE FROM staged_pages WHERE run_id = $1 AND page >= $2', [runId, page]);
  }
  return records;
}

async function insertPage(
  { runner }: Transaction,
  { runId, page, cursor }: PageToStage,
  { next, total, unknownFields, sentFields, remarks, calls, answerSha256 }: StagedPageEnd,
  { received, rejected, contentHash }: CopiedRecords,
): Promise<PageTotals> {
  const [totals]: [PageTotals] = await runner.query(INSERT_PAGE, [
    runId,
    JSON.stringify(calls),
    page,
    hashOf(cursor),
    received,
    rejected,
    total,
    unknownFields,
    sentFields,
    JSON.stringify(remarks),
    next === null ? null : hashOf(next),
    contentHash,
    answerSha256,
  ]);
  return totals;
}

/** An absent cursor has a hash too. It differs from that of every cursor, since JSON writes those in quotes. */
function hashOf(cursor: string | null): Buffer {
  return createHash('sha256').update(JSON.stringify(cursor)).digest();
}
