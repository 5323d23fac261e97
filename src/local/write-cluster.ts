import { execFile } from 'node:child_process';
import { access, open, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import type { PostgresAccount } from './postgres-account';
import type { PostgresBinaries } from './postgres-binaries';

const WRITE_WITHIN_MS = 10 * 60_000;

/** A file beside a new cluster, until all of the cluster is on the disk. */
const mark = (home: string) => join(home, 'not-on-disk');

/** Notes that a new cluster is not on the disk yet. */
export async function markUnwritten(home: string): Promise<void> {
  await writeFile(mark(home), '');
}

async function isUnwritten(home: string): Promise<boolean> {
  return access(mark(home)).then(
    () => true,
    () => false,
  );
}

/**
 * Adds advice to the error of a start: a crash of the machine may have damaged a cluster that was not on the disk.
 *
 * @param home the folder of the cluster
 */
export function explainDamage(home: string): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof ExpectedError) || !(await isUnwritten(home))) throw error;
    throw new ExpectedError(
      `${error.message} If the machine crashed soon after the first start, the new cluster may be damaged: remove ${home} to begin with an empty database.`,
      undefined,
      { cause: error },
    );
  };
}

interface WrittenCluster {
  readonly home: string;
  readonly account: PostgresAccount;
  readonly binaries: PostgresBinaries;
  readonly log: Logger;
}

/**
 * Writes a new cluster to the disk, beside its running server. The next start continues what is stopped or fails.
 *
 * @returns a function that stops it
 */
export function writeCluster(cluster: WrittenCluster): () => Promise<void> {
  const stopping = new AbortController();
  // At the level debug: Ctrl-C in a terminal reaches initdb too.
  const written = write(cluster, stopping.signal).catch((error: Error) =>
    cluster.log.debug({ reason: error.message }, 'The new PostgreSQL cluster was not written to the disk'),
  );
  return async () => {
    stopping.abort();
    await written;
  };
}

async function write({ home, account, binaries, log }: WrittenCluster, signal: AbortSignal): Promise<void> {
  if (!(await isUnwritten(home))) return;
  const { file, args, ...user } = account.command(binaries.initdb, ['--sync-only', join(home, 'data')]);
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  await promisify(execFile)(file, [...args], { ...user, env, cwd: '/', signal, timeout: WRITE_WITHIN_MS });
  // The folders hold the names of what is in them.
  for (const path of [join(home, 'password'), home, dirname(home)]) await sync(path);
  await rm(mark(home));
  log.debug({ directory: home }, 'The new PostgreSQL cluster is on the disk');
}

async function sync(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
