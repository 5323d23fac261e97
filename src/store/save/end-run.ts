import type { Feed } from '../../contract/answer';
import type { PartnerCall } from '../../contract/call';
import type { SyncCounts } from '../../contract/run';
import { type AnswerToKeep, copyValues, insertCopy, setCopy } from '../answers/keep-answer';
import { prepared } from '../postgres/prepared';
import type { Transaction } from '../postgres/transaction';
import { compareFields, NO_CHANGES } from '../runs/compare-fields';
import { insertMissingCalls, insertRejected } from '../runs/ledger';
import { RUN_SECONDS } from '../runs/run-end';
import { type StepTiming, setTiming, timingValue } from '../runs/step-timing';
import { NO_SUBSCRIPTIONS, type Subscriptions } from '../webhooks/subscriptions';
import { messagesOfEnd, REPORTED_COLUMNS } from '../webhooks/write-messages';
import type { ReadyAnswer } from './ready-answer';

const NOTHING: AnswerToKeep = { keepFor: 0 };

interface EndedRun {
  readonly runId: string;
  readonly partner: string;
  readonly feed: Feed;
  readonly answer: ReadyAnswer;
  readonly calls: readonly PartnerCall[];
  readonly counts: SyncCounts;
  readonly keep?: AnswerToKeep | undefined;
  readonly timing?: StepTiming | undefined;
  readonly subscriptions?: Subscriptions | undefined;
}

const END_RUN = prepared(`
  WITH rejected AS (
    ${insertRejected('(SELECT $1::uuid AS id, $2::text AS partner)', '$3')}
  ), calls AS (
    ${insertMissingCalls('$1', '$4')}
  ), copied AS (
    ${insertCopy('(SELECT $1::uuid AS id)', '$17')}
  ), ended AS (
  UPDATE sync_runs
  SET status = 'succeeded',
    finished_at = clock_timestamp(),
    feed = $5,
    unknown_fields = $6,
    vanished_fields = $7,
    received = $8, inserted = $9, updated = $10, unchanged = $11,
    duplicates = $12, rejected = $13, departed = $14,
    fields = $15, remarks = $16,
    ${setCopy('$18', '$19')},
    ${setTiming('storing', '$20')}
  WHERE id = $1
  RETURNING ${REPORTED_COLUMNS}, ${RUN_SECONDS}
  ), ${messagesOfEnd('$21')}
  SELECT seconds FROM ended`);

/**
 * Records the run as succeeded, with its rejected records, its calls and the messages to receivers of webhooks.
 *
 * @returns how long the run took, in seconds
 */
export async function endRun(
  { runner }: Transaction,
  { runId, partner, feed, answer, calls, counts, keep = NOTHING, timing, subscriptions }: EndedRun,
): Promise<number> {
  const copy = copyValues(keep);
  const hasNoFields = answer.sentFields?.length === 0;
  const compared = hasNoFields ? NO_CHANGES : await compareFields(runner, runId, answer);
  const { unknownFields, vanishedFields, remarks } = compared;
  const [ended]: [{ seconds: number }?] = await runner.query(END_RUN, [
    runId,
    partner,
    JSON.stringify(answer.rejectedRecords),
    JSON.stringify(calls),
    feed,
    unknownFields,
    vanishedFields,
    counts.received,
    counts.inserted,
    counts.updated,
    counts.unchanged,
    counts.duplicates,
    counts.rejected,
    counts.departed,
    answer.sentFields ? [...answer.sentFields, ...answer.unknownFields] : null,
    JSON.stringify([...remarks, ...(answer.remarks ?? [])]),
    ...[copy.parts, copy.sha256, copy.keepFor, timingValue(timing)],
    subscriptions ?? NO_SUBSCRIPTIONS,
  ]);
  return ended?.seconds ?? 0;
}
