import type { DataSource } from 'typeorm';
import type { CheckedProvider, Feed } from '../../contract/answer';
import type { Decision, HeldSnapshot } from '../../contract/approval';
import type { PartnerCall } from '../../contract/call';
import { NamedFailure } from '../../contract/named-failure';
import type { RunStatus, SyncCounts } from '../../contract/run';
import { TIMEOUTS } from '../../contract/timeouts';
import { needsApproval } from '../../partner/answer/needs-approval';
import type { PayloadKeys } from '../../process/payload-keys';
import { type AnswerToKeep, keepStagedCopy } from '../answers/keep-answer';
import { leaveOutSuppressed } from '../erase/leave-out-suppressed';
import { prepared } from '../postgres/prepared';
import { RunSupersededError } from '../postgres/store-failure';
import { inTransaction, type Transaction } from '../postgres/transaction';
import { hadFailedBefore } from '../runs/failing-streak';
import { isGood } from '../runs/good-run';
import {
  HELD_COLUMNS,
  type HeldRow,
  holdSnapshot,
  recordApproval,
  toHeldSnapshot,
} from '../runs/hold-snapshot';
import type { OnRunEnd, RunEnd } from '../runs/run-end';
import { COUNTS_OBJECT } from '../runs/run-row';
import type { StepTiming } from '../runs/step-timing';
import { clearStagedOf } from '../staging/clear-staged';
import { gatherPages, type PagedAnswer } from '../staging/gather-pages';
import type { Subscriptions } from '../webhooks/subscriptions';
import { endRun } from './end-run';
import { keepRefused } from './keep-refused';
import { hasMissing, markGone } from './mark-gone';
import { type MergeCounts, mergeProviders, recordLastSeen } from './merge-providers';
import type { ReadyAnswer } from './ready-answer';
import { hasOldKeys, type IdentityKeyOf, renewIdentityKeys } from './renew-identity-keys';
import { replaceRejected } from './replace-rejected';
import { copyProviders, fewProviders, type IterableAnswer, stageProviders } from './stage-providers';

export interface SaveSyncInput {
  /** Our id of the run. */
  readonly runId: string;
  readonly partner: string;
  readonly feed: Feed;
  /** Its records, or where its pages were staged. */
  readonly answer: IterableAnswer | PagedAnswer;
  readonly calls: readonly PartnerCall[];
  /** Renews the identity keys of an earlier version; without it they stay. */
  readonly identityKeyOf?: IdentityKeyOf;
  /** The copy of a whole answer, and how long the copy of either is kept. Without it, none is kept. */
  readonly keep?: AnswerToKeep;
  /** They recognise erased people. Without them, the answer of a partner with erased people is not stored. */
  readonly payloadKeys?: PayloadKeys;
  /** Of the step that saves. */
  readonly timing?: StepTiming;
  /** Takes the end of the run, unless an earlier call ended it. */
  readonly onEnd?: OnRunEnd;
  /** Is called if the partner's last run before this one had failed, also by a second call. Not for a replay. */
  readonly onRecovery?: () => void;
  /** Who gets a message about the run, in the same transaction. */
  readonly subscriptions?: Subscriptions;
}

/** Decides whether a snapshot would mark too many people as left and so must be approved. */
export interface DepartureRule {
  /** The largest share of the partner's people that may leave without an approval, from 0 to 1. */
  readonly maximumDeparted: number;
  /** Milliseconds that a snapshot waits for the approval. */
  readonly approveWithin: number;
  /** The approval of this snapshot; null while there is none. */
  readonly approval: Decision | null;
}

/**
 * Stores a sync in one transaction: the directory and its changes, the rejected records, the calls, and the end of the
 * run. A second call changes nothing and returns the counts of the first. If a snapshot breaks the rule, the directory
 * stays as it was, and the run waits for approval. Staged pages stay until the run has ended.
 *
 * @param signal ends the save at once
 * @throws RunSupersededError if the run has already ended in another way
 * @throws NamedFailure `StagedRecordsMissing`, or `UnusableAnswer` for an answer of pages, whose rejected records and
 *   counts the run then has
 */
export function saveSync(
  dataSource: DataSource,
  input: SaveSyncInput & { readonly rule: DepartureRule },
  signal?: AbortSignal,
): Promise<SyncCounts | HeldSnapshot>;
export function saveSync(
  dataSource: DataSource,
  input: SaveSyncInput & { readonly rule?: undefined },
  signal?: AbortSignal,
): Promise<SyncCounts>;
export async function saveSync(
  dataSource: DataSource,
  input: SaveSyncInput & { readonly rule?: DepartureRule | undefined },
  signal?: AbortSignal,
): Promise<SyncCounts | HeldSnapshot> {
  let ended: RunEnd | null = null;
  const few = 'pages' in input.answer ? null : fewProviders(input.answer);
  const save = async (transaction: Transaction) => {
    const run = await lockRun(transaction, input);
    if (run.hadFailedBefore) input.onRecovery?.();
    if (run.status === 'succeeded') return run.counts;
    if (run.status !== 'running') throw new RunSupersededError(input.runId, run.status);
    const approval = input.rule?.approval ?? null;
    if (run.requestedAt && !approval) return toHeldSnapshot(run);

    const ready = await readyAnswer(transaction, input, few);
    const { answer, suppressed } = run.hasErased
      ? await leaveOutSuppressed(transaction, input, ready)
      : { answer: ready, suppressed: 0 };
    // The copy of an answer would hold the erased people in it.
    const keep = suppressed > 0 ? undefined : input.keep;
    if ('pages' in input.answer) await keepStagedCopy(transaction, input.runId, keep?.keepFor ?? 0);
    if (answer.unusable !== null) {
      await keepRefused(transaction, input, answer);
      return new NamedFailure('UnusableAnswer', answer.unusable);
    }
    if (run.lastFeed && run.lastFeed !== 'sample' && input.feed === 'sample') {
      await recordLastSeen(transaction, input.partner);
    }
    const { identityKeyOf } = input;
    if (identityKeyOf && run.hasOldKeys) await renewIdentityKeys(transaction, input.partner, identityKeyOf);
    const rejectedKeys = answer.rejectedRecords.map(({ identityKey }) => identityKey ?? null);
    const canBeHeld = input.rule && !approval && input.feed === 'snapshot';
    if (canBeHeld) await transaction.runner.query('SAVEPOINT before_merge');
    const merged = await mergeProviders(transaction, {
      ...input,
      few: answer.few,
      rejectedKeys,
      source: run.startedAt && run.finishedAt && { startedAt: run.startedAt, finishedAt: run.finishedAt },
    });
    const departure = { departing: merged.departed, listed: listedBefore(answer.distinct, merged) };
    if (canBeHeld && needsApproval(departure, input.rule.maximumDeparted)) {
      await transaction.runner.query('ROLLBACK TO SAVEPOINT before_merge');
      if (answer.few) await copyProviders(transaction, JSON.parse(answer.few));
      return holdSnapshot(transaction, { ...input, ...input.rule, ...departure, rejectedKeys });
    }
    const counts: SyncCounts = {
      received: answer.received,
      inserted: merged.inserted,
      updated: merged.updated,
      unchanged: answer.distinct - merged.inserted - merged.updated - merged.marked,
      duplicates: answer.duplicates,
      rejected: answer.rejected,
      departed: merged.departed,
    };
    if (run.hasMissing) await markGone(transaction, { ...input, ...answer, answeredAt: run.startedAt });
    const seconds = await endRun(transaction, {
      ...{ ...input, keep, counts },
      answer: remarkSpared(answer, merged),
    });
    if (run.startedAt) await replaceRejected(transaction, input.runId);
    if (approval) await recordApproval(transaction, input.runId, approval);
    ended = { partner: input.partner, status: 'succeeded', failure: null, seconds, counts };
    return counts;
  };
  const saved = await inTransaction(dataSource, TIMEOUTS.saveStatement, save, {
    signal,
    looksUp: few !== null && input.feed !== 'snapshot',
  });
  if (saved instanceof NamedFailure) throw saved;
  if (ended) input.onEnd?.(ended);
  if ('pages' in input.answer && !('status' in saved)) await clearStagedOf(dataSource, input.runId);
  return saved;
}

function readyAnswer(
  transaction: Transaction,
  input: SaveSyncInput,
  few: readonly CheckedProvider[] | null,
): Promise<ReadyAnswer> {
  const { answer } = input;
  return 'pages' in answer
    ? gatherPages(transaction, { ...input, answer })
    : stageProviders(transaction, answer, few);
}

/** How many people were in the partner's list before the snapshot was merged. */
function listedBefore(staged: number, { marks, inserted, returned, departed, spared }: MergeCounts): number {
  return staged - marks - inserted - returned + departed + spared;
}

function remarkSpared(answer: ReadyAnswer, { spared }: MergeCounts): ReadyAnswer {
  if (spared === 0) return answer;
  const remark = { type: 'AbsentSpared', field: null, count: spared } as const;
  return { ...answer, remarks: [...(answer.remarks ?? []), remark] };
}

interface LockedRun extends HeldRow {
  readonly status: RunStatus;
  readonly counts: SyncCounts;
  /** Whether the partner has erased people. */
  readonly hasErased: boolean;
  /** Whether the partner has identity keys of an earlier version. */
  readonly hasOldKeys: boolean;
  /** Whether the partner has rejected records whose person has not come. */
  readonly hasMissing: boolean;
  /** Whether the partner's last run before this one had failed. */
  readonly hadFailedBefore: boolean;
  /** The feed of the partner's last successful run. */
  readonly lastFeed: Feed | null;
  /** For a replay: when the run began and ended whose answer it replays. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

const LOCK_RUN = prepared(`
  SELECT
    status, ${HELD_COLUMNS}, ${COUNTS_OBJECT} AS counts, source.*,
    hold_erasures($2) AS "hasErased", ${hasOldKeys('$2')} AS "hasOldKeys", ${hasMissing('$2')} AS "hasMissing",
    replay_of IS NULL AND ${hadFailedBefore('$2', '$1')} AS "hadFailedBefore",
    (SELECT feed FROM sync_runs
     WHERE partner = $2 AND ${isGood()}
     ORDER BY finished_at DESC LIMIT 1) AS "lastFeed"
  FROM sync_runs run LEFT JOIN LATERAL (
    SELECT started_at AS "startedAt", finished_at AS "finishedAt" FROM sync_runs WHERE id = run.replay_of
  ) source ON true
  WHERE id = $1 AND partner = $2
  FOR NO KEY UPDATE OF run`);

/** Locks the run until the transaction ends. Meanwhile no one can end it or open the partner's next run. */
async function lockRun({ runner }: Transaction, { runId, partner }: SaveSyncInput): Promise<LockedRun> {
  const [run]: [LockedRun?] = await runner.query(LOCK_RUN, [runId, partner]);
  if (!run) throw new RunSupersededError(runId, 'the database does not know it');
  return run;
}
