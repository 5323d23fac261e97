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

/** Up to this number, records travel with each statement that reads them. A table of their own takes more time. */
const MOST_FEW = 300;

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
      departed boolean,
      position integer
    ) ON COMMIT DELETE ROWS`);
}

/**
 * The part of a WITH that takes the place of the table `staged_providers` if the records are few.
 *
 * @param few the parameter with the records as JSON
 */
export function stagedProviders(few: string): string {
  return `staged_providers AS MATERIALIZED (
    SELECT decode("identityKey", 'hex') AS identity_key, "givenName" AS given_name, "familyName" AS family_name,
      title, clinic, attributes, departed
    FROM json_to_recordset(${few}) AS sent (
      "identityKey" text, "givenName" text, "familyName" text, title text, clinic text, attributes jsonb,
      departed boolean))`;
}

/** Stages the records of an answer: a few as text, more as rows of `staged_providers`. */
export async function stageProviders(
  transaction: Transaction,
  answer: IterableAnswer,
  few: readonly CheckedProvider[] | null,
): Promise<ReadyAnswer> {
  return {
    ...answer,
    few: few && JSON.stringify(few),
    distinct: few ? few.length : await copyProviders(transaction, answer.providers),
    rejected: answer.rejected.length,
    rejectedRecords: answer.rejected,
    unusable: null,
  };
}

/** The records of an answer if they are a list of a few; null if they have to be copied. */
export function fewProviders({ providers }: IterableAnswer): readonly CheckedProvider[] | null {
  return Array.isArray(providers) && providers.length <= MOST_FEW ? providers : null;
}

/**
 * Streams the records into the table `staged_providers`.
 *
 * @returns their number
 */
export async function copyProviders(
  { runner, client }: Transaction,
  providers: Iterable<CheckedProvider>,
): Promise<number> {
  await createStagedProviders(runner);
  const copy = client.query(
    copyFrom(`COPY pg_temp.staged_providers (
      identity_key, given_name, family_name, title, clinic, attributes, departed) FROM STDIN`),
  );
  await pipeline(Readable.from(toChunks(providers)), copy);
  return copy.rowCount;
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
