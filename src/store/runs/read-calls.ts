import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { ENDPOINTS, type PartnerCall } from '../../contract/call';
import { Conditions } from '../lists/conditions';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery } from '../lists/filters';
import type { Reader } from '../postgres/snapshot';
import { storableTime } from '../postgres/storable-text';
import { CALL_COLUMNS } from './ledger';

/** A call in the ledger, which has the page of each call. */
export type RecordedCall = Required<PartnerCall>;

/** The calls of a run in numbers. */
export interface CallCounts {
  readonly total: number;
  /** The most frequent first. */
  readonly outcomes: readonly (Pick<RecordedCall, 'endpoint' | 'outcome'> & { readonly count: number })[];
}

/** The calls of a run, of which a long run has thousands. */
export interface ReadCalls {
  /**
   * In the order in which they were made: all of them or, if there are more than {@link MOST_CALLS}, the first, the last
   * and the latest failed ones.
   */
  readonly calls: readonly RecordedCall[];
  readonly callCounts: CallCounts;
}

/** A run with more calls is summarised. */
export const MOST_CALLS = 50;
/** Calls at each end of a summary. */
export const END_CALLS = 10;
/** Failed calls in a summary, beside those at its ends. */
export const FAILED_CALLS = 30;

/** Whether the calls fetched more than one page. */
export function hasPages(calls: readonly RecordedCall[]): boolean {
  return calls.some(({ page }) => page > 1);
}

/** How many calls of the run are left out of its summary. */
export function leftOut({ calls, callCounts }: ReadCalls): number {
  return Math.max(0, callCounts.total - calls.length);
}

/** The counts in words, such as `providers: 2,000 ok, 3 PartnerError; auth: 1 ok`. */
export function explainCallCounts({ outcomes }: CallCounts): string {
  const endpoints = [...new Set(outcomes.map(({ endpoint }) => endpoint))];
  return endpoints
    .map((endpoint) => {
      const counts = outcomes
        .filter((one) => one.endpoint === endpoint)
        .map(({ outcome, count }) => `${count.toLocaleString('en')} ${outcome}`);
      return `${endpoint}: ${counts.join(', ')}`;
    })
    .join('; ');
}

/** The calls of a run, or their summary. */
export async function readCalls(reader: Reader, runId: string): Promise<ReadCalls> {
  const [rows, outcomes]: [CallRow[], CallCounts['outcomes']] = await Promise.all([
    reader.query(
      `SELECT ${CALL_COLUMNS}
       FROM (
         SELECT *, count(*) OVER () AS total, row_number() OVER (ORDER BY ${ORDER}) AS place,
           row_number() OVER (PARTITION BY outcome = 'ok' ORDER BY ${LATEST_FIRST}) AS recent
         FROM partner_calls WHERE run_id = $1
       ) partner_calls
       WHERE total <= ${MOST_CALLS} OR place <= ${END_CALLS} OR place > total - ${END_CALLS}
         OR (outcome <> 'ok' AND recent <= ${FAILED_CALLS})
       ORDER BY place`,
      [runId],
    ),
    reader.query(
      `SELECT endpoint, outcome, count(*)::integer AS count FROM partner_calls WHERE run_id = $1
       GROUP BY endpoint, outcome ORDER BY count DESC, endpoint, outcome`,
      [runId],
    ),
  ]);
  const total = outcomes.reduce((sum, { count }) => sum + count, 0);
  return { calls: rows.map(toCall), callCounts: { total, outcomes } };
}

const cursorSchema = z.tuple([storableTime, z.enum(ENDPOINTS), z.string().regex(/^\d{1,9}$/)]);

/** All calls of a run, in the order in which they were made. */
export async function listCalls(
  dataSource: DataSource,
  { runId, limit, cursor }: PageQuery & { readonly runId: string },
): Promise<Page<RecordedCall>> {
  const conditions = new Conditions();
  conditions.equalsId('run_id', runId);
  if (cursor !== undefined) conditions.comesAfter(ORDER, 'ASC', decodeCursor(cursorSchema, cursor));
  const rows: (CallRow & { readonly number: number })[] = await dataSource.query(
    `SELECT ${CALL_COLUMNS}, attempt AS number FROM partner_calls WHERE ${conditions}
     ORDER BY ${ORDER} LIMIT ${conditions.parameter(limit + 1)}`,
    conditions.parameters,
  );
  return toPage(
    rows,
    limit,
    ({ number: _, ...row }) => toCall(row),
    ({ startedAt, endpoint, number }) => [startedAt.toISOString(), endpoint, String(number)],
  );
}

const ORDER = 'started_at, endpoint, partner_calls.attempt';
const LATEST_FIRST = 'started_at DESC, endpoint DESC, partner_calls.attempt DESC';

type CallRow = Omit<RecordedCall, 'startedAt'> & { readonly startedAt: Date };

function toCall(row: CallRow): RecordedCall {
  return { ...row, startedAt: row.startedAt.toISOString() };
}
