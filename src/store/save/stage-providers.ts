import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { CheckedProvider } from '../../contract/answer';
import type { Transaction } from '../postgres/transaction';
import { toCopyText } from './copy-text';

/** Characters sent at once: fewer make the protocol's own part count, more only take memory. */
const CHUNK_LENGTH = 64 * 1024;

/**
 * Streams the records into the connection's own table `staged_providers`, empty at the start of each
 * transaction, and returns how many there were. The table stays for the connection's next sync: making
 * it anew each time would write to Postgres' catalogs even when a sync changes nothing.
 */
export async function stageProviders(
  { runner, client }: Transaction,
  providers: Iterable<CheckedProvider>,
): Promise<number> {
  await runner.query(`
    CREATE TEMPORARY TABLE IF NOT EXISTS staged_providers (
      identity_key bytea NOT NULL,
      given_name text NOT NULL,
      family_name text NOT NULL,
      title text,
      clinic text,
      attributes jsonb NOT NULL
    ) ON COMMIT DELETE ROWS`);
  const copy = client.query(copyFrom('COPY pg_temp.staged_providers FROM STDIN'));
  await pipeline(Readable.from(toChunks(providers)), copy);
  return copy.rowCount;
}

async function* toChunks(providers: Iterable<CheckedProvider>): AsyncGenerator<Buffer> {
  let chunk = '';
  for (const provider of providers) {
    chunk += toLine(provider);
    if (chunk.length >= CHUNK_LENGTH) {
      yield Buffer.from(chunk);
      chunk = '';
      // A fast server takes chunk after chunk in one turn; heartbeats and requests have to come in between.
      await setImmediate();
    }
  }
  if (chunk !== '') yield Buffer.from(chunk);
}

function toLine(provider: CheckedProvider): string {
  return `\\\\x${provider.identityKey}\t${toCopyText(provider.givenName)}\t${toCopyText(provider.familyName)}\t${toCopyText(provider.title)}\t${toCopyText(provider.clinic)}\t${toCopyText(JSON.stringify(provider.attributes))}\n`;
}
