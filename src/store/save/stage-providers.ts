import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { CheckedProvider } from '../../contract/answer';
import type { Transaction } from '../postgres/transaction';

/** Characters in one message: with fewer, the protocol's overhead counts; more only take memory. */
const CHUNK_LENGTH = 64 * 1024;

const SPECIAL = /[\\\n\r\t]/;
const ALL_SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Streams the records into the connection's own table `staged_providers` and returns their number. The table is
 * empty at the start of each transaction. It stays for the connection's next sync: to create it each time would
 * write to the catalogs of Postgres even when a sync changes nothing.
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
      // A fast server accepts all chunks in one turn of the event loop. Heartbeats and requests need turns too.
      await setImmediate();
    }
  }
  if (chunk !== '') yield Buffer.from(chunk);
}

function toLine(provider: CheckedProvider): string {
  return `\\\\x${provider.identityKey}\t${toCopyText(provider.givenName)}\t${toCopyText(provider.familyName)}\t${toCopyText(provider.title)}\t${toCopyText(provider.clinic)}\t${toCopyText(JSON.stringify(provider.attributes))}\n`;
}

/**
 * A value as a column of COPY's text format, null as `\N`:
 * https://www.postgresql.org/docs/current/sql-copy.html
 */
export function toCopyText(value: string | null): string {
  if (value === null) return '\\N';
  // Most values hold no special character, and a test is cheaper than a replacement.
  return SPECIAL.test(value) ? value.replace(ALL_SPECIAL, (character) => ESCAPES[character] ?? '') : value;
}
