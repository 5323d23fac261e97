import type { DataSource } from 'typeorm';
import type { CloseRunInput } from '../../contract/activities';
import type { RunStatus, SyncCounts } from '../../contract/run';
import { type AnswerToKeep, copyValues, insertCopy, setCopy } from '../answers/keep-answer';
import { clearStagedOf } from '../staging/clear-staged';
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
  { runId, status, failure, calls, refused, copy, keepFor = 0, decision = null, timing }: EndOfRun,
  onEnd?: OnRunEnd,
): Promise<RecordedEnd | null> {
  const fields = refused && (await compareFields(dataSource, runId, refused));
  const kept = copyValues({ copy, keepFor });
  const [ended]: [Pick<RunEnd, 'partner' | 'seconds' | 'counts'>?] = await dataSource.query(
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
       RETURNING id, partner, ${RUN_SECONDS}, ${COUNTS_OBJECT} AS counts
     ), copied AS (
       ${insertCopy('ended', '$14')}
     ), rejected AS (
       ${insertRejected('ended', '$12')}
     )
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
    ],
  );
  if (ended) onEnd?.({ ...ended, status, failure: failure.type });
  const end = await readEnd(dataSource, runId);
  if (!end) return null;
  const { hasPages, ...recorded } = end;
  if (hasPages) await clearStagedOf(dataSource, runId);
  return recorded;
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
