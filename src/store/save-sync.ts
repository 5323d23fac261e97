import type { DataSource } from 'typeorm';
import type {
  CheckedAnswer,
  CheckedProvider,
  Feed,
  PartnerCall,
  RunStatus,
  SyncCounts,
} from '../contract/sync';
import { TIMEOUTS } from '../contract/timeouts';
import { insertCalls } from './insert-calls';
import { insertRejected } from './insert-rejected';
import { mergeProviders, settleLastSeen } from './merge-providers';
import { stageProviders } from './stage-providers';
import { RunSupersededError } from './store-failure';
import { inTransaction, type Transaction } from './transaction';

export interface SaveSyncInput {
  /** Our id of the run. */
  readonly runId: string;
  readonly partner: string;
  readonly feed: Feed;
  /** Its providers are read once, and never held all at once. */
  readonly answer: Omit<CheckedAnswer, 'providers'> & { readonly providers: Iterable<CheckedProvider> };
  readonly calls: readonly PartnerCall[];
}

/**
 * Stores a sync in one transaction: the directory, what changed in it, the records that could not be
 * used, the calls, and the end of the run. Done twice, it changes nothing and returns the first counts.
 *
 * @param signal ends it, wherever it stands
 * @throws RunSupersededError when the run has been ended otherwise.
 */
export async function saveSync(
  dataSource: DataSource,
  input: SaveSyncInput,
  signal?: AbortSignal,
): Promise<SyncCounts> {
  const save = async (transaction: Transaction) => {
    const run = await lockRun(transaction, input);
    if (run.status === 'succeeded') return run.counts;
    if (run.status !== 'running') throw new RunSupersededError(input.runId, run.status);

    const staged = await stageProviders(transaction, input.answer.providers);
    if (run.lastFeed === 'snapshot' && input.feed === 'sample') {
      await settleLastSeen(transaction, input.partner);
    }
    const merged = await mergeProviders(transaction, {
      ...input,
      isWhole: input.answer.rejected.length === 0,
    });
    const counts: SyncCounts = {
      received: input.answer.received,
      inserted: merged.inserted,
      updated: merged.updated,
      unchanged: staged - merged.inserted - merged.updated,
      duplicates: input.answer.duplicates,
      rejected: input.answer.rejected.length,
      departed: merged.departed,
    };
    await endRun(transaction, input, counts);
    return counts;
  };
  return inTransaction(dataSource, TIMEOUTS.saveStatement, save, signal);
}

interface LockedRun {
  readonly status: RunStatus;
  readonly counts: SyncCounts;
  /** The feed of the partner's last good run. */
  readonly lastFeed: Feed | null;
}

/** Locks the run until the transaction ends: nobody can end it, or open the partner's next one, meanwhile. */
async function lockRun({ runner }: Transaction, { runId, partner }: SaveSyncInput): Promise<LockedRun> {
  const [run]: [LockedRun?] = await runner.query(
    `SELECT
       status,
       json_build_object(
         'received', received, 'inserted', inserted, 'updated', updated, 'unchanged', unchanged,
         'duplicates', duplicates, 'rejected', rejected, 'departed', departed) AS counts,
       (SELECT feed FROM sync_runs
        WHERE partner = $2 AND status = 'succeeded'
        ORDER BY finished_at DESC LIMIT 1) AS "lastFeed"
     FROM sync_runs WHERE id = $1 AND partner = $2
     FOR NO KEY UPDATE`,
    [runId, partner],
  );
  if (!run) throw new RunSupersededError(runId, 'the database does not know it');
  return run;
}

async function endRun(
  { runner }: Transaction,
  { runId, partner, feed, answer, calls }: SaveSyncInput,
  counts: SyncCounts,
): Promise<void> {
  await runner.query(
    `WITH rejected AS (
       ${insertRejected('(SELECT $1::uuid AS id, $2::text AS partner)', '$3')}
     ), calls AS (
       ${insertCalls('$1', '$4')}
       ON CONFLICT (run_id, endpoint, attempt) DO NOTHING
     )
     UPDATE sync_runs
     SET status = 'succeeded',
       finished_at = clock_timestamp(),
       feed = $5,
       unknown_fields = $6,
       vanished_fields = $7,
       received = $8, inserted = $9, updated = $10, unchanged = $11,
       duplicates = $12, rejected = $13, departed = $14
     WHERE id = $1`,
    [
      runId,
      partner,
      JSON.stringify(answer.rejected),
      JSON.stringify(calls),
      feed,
      answer.unknownFields,
      answer.vanishedFields,
      counts.received,
      counts.inserted,
      counts.updated,
      counts.unchanged,
      counts.duplicates,
      counts.rejected,
      counts.departed,
    ],
  );
}
