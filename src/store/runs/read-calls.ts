import { z } from 'zod';
import { ENDPOINTS, type Endpoint, type PartnerCall } from '../../contract/call';
import { Conditions } from '../lists/conditions';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery } from '../lists/filters';
import type { Reader } from '../postgres/snapshot';
import { storableTime } from '../postgres/storable-text';
import { CALL_COLUMNS } from './ledger';

/** Said of a run whose calls were removed because of their age. */
export const CALLS_REMOVED = 'Its calls were removed because of their age.';

/** A call in the ledger, which has the page of each call. */
export interface RecordedCall extends Required<Omit<PartnerCall, 'scheduledAt'>> {
  /** Null if the call was lost, or is of version 0.1.0. */
  readonly scheduledAt: string | null;
}

/** The calls of a run in numbers. */
export interface CallCounts {
  readonly total: number;
  /** Milliseconds that all calls took together. */
  readonly tookMs: number;
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

/** What a call to an endpoint does, in words. */
export const CALL_LABELS: Readonly<Record<Endpoint, string>> = {
  auth: 'Authenticate',
  providers: 'Fetch providers',
};

/** Whether the calls fetched more than one page. */
export function hasPages(calls: readonly RecordedCall[]): boolean {
  return calls.some(({ page }) => page > 1);
}

/** When a call ended; null if that was not recorded. */
export function endOfCall({ startedAt, tookMs }: Pick<RecordedCall, 'startedAt' | 'tookMs'>): Date | null {
  return tookMs === null ? null : new Date(Date.parse(startedAt) + tookMs);
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
  const [rows, counted]: [CallRow[], CountedRow[]] = await Promise.all([
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
      `SELECT endpoint, outcome, count(*)::integer AS count, coalesce(sum(took_ms), 0)::float8 AS "tookMs"
       FROM partner_calls WHERE run_id = $1
       GROUP BY endpoint, outcome ORDER BY count DESC, endpoint, outcome`,
      [runId],
    ),
  ]);
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  const tookMs = counted.reduce((sum, row) => sum + row.tookMs, 0);
  const outcomes = counted.map(({ tookMs: _, ...row }) => row);
  return { calls: rows.map(toCall), callCounts: { total, tookMs, outcomes } };
}

type CountedRow = CallCounts['outcomes'][number] & { readonly tookMs: number };

const cursorSchema = z.tuple([storableTime, z.enum(ENDPOINTS), z.string().regex(/^\d{1,9}$/)]);

/** All calls of a run, in the order in which they were made. */
export async function listCalls(
  reader: Reader,
  { runId, limit, cursor }: PageQuery & { readonly runId: string },
): Promise<Page<RecordedCall>> {
  const conditions = new Conditions();
  conditions.equalsId('run_id', runId);
  if (cursor !== undefined) conditions.comesAfter(ORDER, 'ASC', decodeCursor(cursorSchema, cursor));
  const rows: (CallRow & { readonly number: number })[] = await reader.query(
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

type CallRow = Omit<RecordedCall, 'startedAt' | 'scheduledAt'> & {
  readonly startedAt: Date;
  readonly scheduledAt: Date | null;
};

function toCall(row: CallRow): RecordedCall {
  const scheduledAt = row.scheduledAt?.toISOString() ?? null;
  return { ...row, scheduledAt, startedAt: row.startedAt.toISOString() };
}
