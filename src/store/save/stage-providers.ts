import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { QueryRunner } from 'typeorm';
import type { CheckedAnswer, CheckedProvider } from '../../contract/answer';
import type { PlacedRejection } from '../../partner/answer/rejected-person';
import { providerColumns } from '../postgres/copy-text';
import type { Transaction } from '../postgres/transaction';
import type { ReadyAnswer } from './ready-answer';

/** An answer without twins. Its providers are iterated once, and need not be in memory together. */
export type IterableAnswer = Omit<CheckedAnswer, 'providers' | 'rejected'> & {
  readonly providers: Iterable<CheckedProvider>;
  readonly rejected: readonly PlacedRejection[];
};

/** Characters in one message: with fewer, the protocol's overhead counts; more only take memory. */
const CHUNK_LENGTH = 64 * 1024;

/**
 * Creates the connection's own table `staged_providers`. It is empty at the start of each transaction. It stays for the
 * connection's next sync: to create it each time would write to the catalogs of Postgres even when a sync changes
 * nothing.
 */
export async function createStagedProviders(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TEMPORARY TABLE IF NOT EXISTS staged_providers (
      identity_key bytea NOT NULL,
      given_name text NOT NULL,
      family_name text NOT NULL,
      title text,
      clinic text,
      attributes jsonb NOT NULL,
      position integer
    ) ON COMMIT DELETE ROWS`);
}

/** Streams the records into `staged_providers`. */
export async function stageProviders(
  { runner, client }: Transaction,
  answer: IterableAnswer,
): Promise<ReadyAnswer> {
  await createStagedProviders(runner);
  const copy = client.query(
    copyFrom(`COPY pg_temp.staged_providers (
      identity_key, given_name, family_name, title, clinic, attributes) FROM STDIN`),
  );
  await pipeline(Readable.from(toChunks(answer.providers)), copy);
  return {
    ...answer,
    distinct: copy.rowCount,
    rejected: answer.rejected.length,
    rejectedRecords: answer.rejected,
    unusable: null,
  };
}

async function* toChunks(providers: Iterable<CheckedProvider>): AsyncGenerator<Buffer> {
  let chunk = '';
  for (const provider of providers) {
    chunk += `${providerColumns(provider)}\n`;
    if (chunk.length >= CHUNK_LENGTH) {
      yield Buffer.from(chunk);
      chunk = '';
      // A fast server accepts all chunks in one turn of the event loop. Heartbeats and requests need turns too.
      await setImmediate();
    }
  }
  if (chunk !== '') yield Buffer.from(chunk);
}
