import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import { activityResults, historyBytes, type RawHistory } from '../../support/raw-history';
import { SecretSearch } from '../../support/secret-search';
import { NAME_MARKS } from './person';
import { atLeastOnce, fact, type Line, never } from './table';

/** Everything that the soak stored or logged. */
export interface Traces {
  readonly histories: readonly RawHistory[];
  /** Temporal's raw answers about running workflows. */
  readonly descriptions: readonly Buffer[];
  readonly workerLogs: readonly string[];
  readonly tables: ReadonlyMap<string, string>;
  /** All files of each server, including its log and its write-ahead log. */
  readonly temporalDir: string;
  readonly postgresDir: string;
}

export interface Secrets {
  /** All tokens and their checksums. */
  readonly tokens: readonly string[];
  readonly keys: readonly string[];
  /** With which we authenticate at partners. */
  readonly secrets: readonly string[];
  readonly dataConverter: DataConverter;
}

/** Checks that no token, key or name is in a place where it must not be, and that the search can find them. */
export async function checkLeaks(traces: Traces, known: Secrets): Promise<Line[]> {
  const { tokens, keys, dataConverter } = known;
  const secrets = new SecretSearch([...tokens, ...keys, ...known.secrets]);
  const names = new SecretSearch(NAME_MARKS);
  const searched = { places: 0, bytes: 0 };
  const found = { secrets: [] as string[], names: [] as string[] };
  const look = (place: string, content: string | Uint8Array, { forNames = true } = {}) => {
    searched.places += 1;
    searched.bytes += content.length;
    found.secrets.push(...secrets.findIn(content).map(() => place));
    if (forNames) found.names.push(...names.findIn(content).map((name) => `${name} in ${place}`));
  };

  for (const history of traces.histories) look('a history', historyBytes(history));
  for (const description of traces.descriptions) look('the description of a run', description);
  for (const log of traces.workerLogs) look("a worker's log", log);
  for (const [table, text] of traces.tables) look(`the table ${table}`, text, { forNames: false });
  for await (const { path, content } of filesBelow(traces.temporalDir)) look(path, content);
  for await (const { path, content } of filesBelow(traces.postgresDir)) {
    look(path, content, { forNames: path.endsWith('.log') });
  }
  return [
    fact(
      'searched for what must not be there',
      `${searched.places} places, ${(searched.bytes / 2 ** 20).toFixed(0)} MB`,
    ),
    never('  tokens, checksums, secrets and keys found', found.secrets),
    never('  names found outside the tables', found.names),
    atLeastOnce(
      '  tokens found in the histories once decrypted',
      await countDecrypted(traces, tokens, dataConverter),
    ),
    atLeastOnce(
      '  tables with names, where they belong',
      [...traces.tables.values()].filter((text) => names.findIn(text).length > 0).length,
    ),
  ];
}

async function countDecrypted(
  { histories }: Traces,
  tokens: readonly string[],
  { payloadCodecs = [] }: DataConverter,
): Promise<number> {
  const [codec] = payloadCodecs;
  const search = new SecretSearch(tokens);
  const found = new Set<string>();
  for (const history of histories) {
    for (const { data } of (await codec?.decode(activityResults(history))) ?? []) {
      for (const token of search.findIn(data ?? new Uint8Array())) found.add(token);
    }
  }
  return found.size;
}

async function* filesBelow(directory: string): AsyncGenerator<{ path: string; content: Buffer }> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path).catch((error) => {
      // A running server may remove its own files.
      if (error.code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    });
    yield { path, content };
  }
}
