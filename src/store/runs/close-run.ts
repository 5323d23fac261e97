import type { DataSource } from 'typeorm';
import type { CloseRunInput } from '../../contract/activities';
import type { RunStatus, SyncCounts } from '../../contract/run';
import { TIMEOUTS } from '../../contract/timeouts';
import type { PlacedRejection } from '../../partner/answer/rejected-person';
import type { PayloadKeys } from '../../process/payload-keys';
import { type AnswerToKeep, copyValues, insertCopy, setCopy } from '../answers/keep-answer';
import { readSuppression } from '../erase/suppression';
import { inTransaction } from '../postgres/transaction';
import { clearStagedOf } from '../staging/clear-staged';
import { NO_SUBSCRIPTIONS, type Subscriptions } from '../webhooks/subscriptions';
import { messagesOfEnd, REPORTED_COLUMNS } from '../webhooks/write-messages';
import { compareFields } from './compare-fields';
import { removeDepartures, setDecision } from './hold-snapshot';
import { insertMissingCalls, insertRejected } from './ledger';
import { type OnRunEnd, RUN_SECONDS, type RunEnd } from './run-end';
import { COUNTS_OBJECT } from './run-row';
import { type StepTiming, setTiming, timingValue } from './step-timing';

/** How a run ended, as the table has it. */
export interface RecordedEnd {
  readonly status: RunStatus;
  readonly counts: SyncCounts;
}

export type EndOfRun = Omit<CloseRunInput, 'partner'> &
  Partial<AnswerToKeep> & {
    /** Of the step that ends the run. */
    readonly timing?: StepTiming;
    /** Who gets a message about the end, in the same statement. */
    readonly subscriptions?: Subscriptions;
    /** They recognise erased people, whose rejected records are not kept. */
    readonly payloadKeys?: PayloadKeys;
  };

/**
 * Ends a run that stored no providers, and adds its calls to the ledger. If the answer was refused, its rejected records
 * and counts are kept, and so is its copy. Without them the run keeps those that it has. Its staged pages are removed. A run that has already
 * ended keeps its end; it only gets the calls that its ledger lacks.
 *
 * @param onEnd takes the end of the run, unless it had already ended
 * @returns the end that the table has now; null if it does not know the run
 */
export async function closeRun(
  dataSource: DataSource,
  end: EndOfRun,
  onEnd?: OnRunEnd,
): Promise<RecordedEnd | null> {
  const ended = await (end.refused
    ? inTransaction(dataSource, TIMEOUTS.statement, ({ runner }) => closeRefused(runner, end))
    : recordEnd(dataSource, end));
  if (ended) onEnd?.({ ...ended, status: end.status, failure: end.failure.type });
  const recorded = await readEnd(dataSource, end.runId);
  if (!recorded) return null;
  const { hasPages, ...rest } = recorded;
  if (hasPages) await clearStagedOf(dataSource, end.runId);
  return rest;
}

type EndedRow = Pick<RunEnd, 'partner' | 'seconds' | 'counts'>;

/** Ends a run whose answer was refused. If an erased person may be in the answer, its copy is not kept. */
async function closeRefused(runner: Querying, { copy, ...end }: EndOfRun): Promise<EndedRow | undefined> {
  const [run]: [{ partner: string; hasErased: boolean }?] = await runner.query(
    'SELECT partner, hold_erasures(partner) AS "hasErased" FROM sync_runs WHERE id = $1',
    [end.runId],
  );
  const suppression = run?.hasErased ? await readSuppression(runner, run.partner, end.payloadKeys) : null;
  if (!suppression || !end.refused) return recordEnd(runner, { ...end, ...(copy && { copy }) });
  const rejected = end.refused.rejected.filter((record) => !suppression.has(record as PlacedRejection));
  return recordEnd(runner, { ...end, refused: { ...end.refused, rejected } });
}

interface Querying {
  query<T>(sql: string, parameters?: unknown[]): Promise<T>;
}

async function recordEnd(
  store: Querying,
  {
    runId,
    status,
    failure,
    calls,
    refused,
    copy,
    keepFor = 0,
    decision = null,
    timing,
    subscriptions,
  }: EndOfRun,
): Promise<EndedRow | undefined> {
  const fields = refused && (await compareFields(store, runId, refused));
  const kept = copyValues({ copy, keepFor });
  const [ended]: [EndedRow?] = await store.query(
    `WITH calls AS (
       ${insertMissingCalls('$1', '$2')}
     ), ${removeDepartures('$1')}, ended AS (
       UPDATE sync_runs
       SET status = $3, finished_at = now(), failure_type = $4, failure_message = $5,
         received = coalesce($6, received), duplicates = coalesce($7, duplicates), rejected = coalesce($8, rejected),
         unknown_fields = coalesce($9, unknown_fields), vanished_fields = coalesce($10, vanished_fields),
         remarks = coalesce($11, remarks),
         ${setDecision('$13')},
         ${setCopy('$15', '$16')},
         ${setTiming('closing', '$17')}
       WHERE id = $1 AND status = 'running'
       RETURNING ${REPORTED_COLUMNS}, ${RUN_SECONDS}, ${COUNTS_OBJECT} AS counts
     ), copied AS (
       ${insertCopy('ended', '$14')}
     ), rejected AS (
       ${insertRejected('ended', '$12')}
     ), ${messagesOfEnd('$18')}
     SELECT partner, seconds, counts FROM ended`,
    [
      runId,
      JSON.stringify(calls),
      status,
      failure.type,
      failure.message,
      refused?.received,
      refused?.duplicates,
      refused?.rejected.length,
      fields?.unknownFields,
      fields?.vanishedFields,
      fields && JSON.stringify([...fields.remarks, ...(refused.remarks ?? [])]),
      JSON.stringify(refused?.rejected ?? []),
      decision && JSON.stringify(decision),
      ...[kept.parts, kept.sha256, kept.keepFor, timingValue(timing)],
      subscriptions ?? NO_SUBSCRIPTIONS,
    ],
  );
  return ended;
}

/** A statement of its own: the one that ends the run does not see a save that was committed while it waited. */
async function readEnd(
  dataSource: DataSource,
  runId: string,
): Promise<(RecordedEnd & { readonly hasPages: boolean }) | null> {
  const [end]: [(RecordedEnd & { readonly hasPages: boolean })?] = await dataSource.query(
    `SELECT status, ${COUNTS_OBJECT} AS counts,
       EXISTS (SELECT FROM staged_pages WHERE run_id = $1) AS "hasPages"
     FROM sync_runs WHERE id = $1`,
    [runId],
  );
  return end ?? null;
}
