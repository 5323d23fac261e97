import type { DataSource } from 'typeorm';
import type { CloseRunInput } from '../../contract/activities';
import type { RefusedAnswer } from '../../contract/answer';
import type { RunStatus, SyncCounts } from '../../contract/run';
import { compareFields } from './compare-fields';
import { removeDepartures, setDecision } from './hold-snapshot';
import { insertMissingCalls, insertRejected } from './ledger';
import { COUNTS_OBJECT } from './run-row';

const NO_ANSWER: RefusedAnswer = {
  received: 0,
  rejected: [],
  duplicates: 0,
  unknownFields: [],
  vanishedFields: [],
};

/** How a run ended, as the table has it. */
export interface RecordedEnd {
  readonly status: RunStatus;
  readonly counts: SyncCounts;
}

/**
 * Ends a run that stored no providers, and adds its calls to the ledger. If the answer was refused, its rejected records
 * and counts are kept. A run that has already ended keeps its end; it only gets the calls that its ledger lacks.
 *
 * @returns the end that the table has now; null if it does not know the run
 */
export async function closeRun(
  dataSource: DataSource,
  { runId, status, failure, calls, refused = NO_ANSWER, decision = null }: Omit<CloseRunInput, 'partner'>,
): Promise<RecordedEnd | null> {
  const fields = await compareFields(dataSource, runId, refused);
  await dataSource.query(
    `WITH calls AS (
       ${insertMissingCalls('$1', '$2')}
     ), ${removeDepartures('$1')}, ended AS (
       UPDATE sync_runs
       SET status = $3, finished_at = now(), failure_type = $4, failure_message = $5,
         received = $6, duplicates = $7, rejected = $8, unknown_fields = $9, vanished_fields = $10,
         remarks = $11,
         ${setDecision('$13')}
       WHERE id = $1 AND status = 'running'
       RETURNING id, partner
     )
     ${insertRejected('ended', '$12')}`,
    [
      runId,
      JSON.stringify(calls),
      status,
      failure.type,
      failure.message,
      refused.received,
      refused.duplicates,
      refused.rejected.length,
      fields.unknownFields,
      fields.vanishedFields,
      JSON.stringify([...fields.remarks, ...(refused.remarks ?? [])]),
      JSON.stringify(refused.rejected),
      decision && JSON.stringify(decision),
    ],
  );
  return readEnd(dataSource, runId);
}

/** A statement of its own: the one that ends the run does not see a save that was committed while it waited. */
async function readEnd(dataSource: DataSource, runId: string): Promise<RecordedEnd | null> {
  const [end]: [RecordedEnd?] = await dataSource.query(
    `SELECT status, ${COUNTS_OBJECT} AS counts FROM sync_runs WHERE id = $1`,
    [runId],
  );
  return end ?? null;
}
