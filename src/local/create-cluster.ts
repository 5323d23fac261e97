import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import type { PostgresAccount } from './postgres-account';
import type { PostgresBinaries } from './postgres-binaries';
import { markUnwritten } from './write-cluster';

/** Owns every cluster. */
export const SUPERUSER = 'postgres';
const INITDB_WITHIN_MS = 60_000;

/** For PostgreSQL's programs: messages in English on every machine. macOS also requires a valid locale. */
export const POSTGRES_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC' };

interface NewCluster {
  readonly dataDir: string;
  readonly home: string;
  readonly account: PostgresAccount;
  readonly binaries: PostgresBinaries;
  /** Whether it must survive a crash of the machine. */
  readonly isDurable: boolean;
  readonly log: Logger;
}

/**
 * Creates a cluster and its password if there is none. It is created in a temporary folder and then moved, so that an
 * interrupted attempt leaves only a folder that the next attempt removes.
 */
export async function createCluster({
  dataDir,
  home,
  account,
  binaries,
  isDurable,
  log,
}: NewCluster): Promise<void> {
  const prefix = 'postgres.new-';
  const entries = await readdir(dataDir);
  const litter = entries.filter((name) => name.startsWith(prefix));
  await Promise.all(litter.map((name) => rm(join(dataDir, name), { recursive: true, maxRetries: 5 })));
  if (entries.includes('postgres')) return;

  log.info({ directory: home }, 'Creating a PostgreSQL cluster');
  const draft = await mkdtemp(join(dataDir, prefix));
  const password = join(draft, 'password');
  await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
  const data = join(draft, 'data');
  await mkdir(data, { mode: 0o700 });
  await Promise.all([account.own(draft), account.own(password), account.own(data)]);

  const { file, args, ...user } = account.command(binaries.initdb, [
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own Unicode rules for upper and lower case, which are the same on every machine.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    // Waiting until a thousand new files are on the disk took up to half of the start. `writeCluster` waits later.
    '--no-sync',
  ]);
  const env = { PATH: process.env.PATH, ...POSTGRES_ENVIRONMENT };
  try {
    await promisify(execFile)(file, [...args], { ...user, env, cwd: '/', timeout: INITDB_WITHIN_MS });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    await rm(draft, { recursive: true, maxRetries: 5 });
    throw new ExpectedError(
      `PostgreSQL could not create a cluster in ${home}; set DATABASE_URL to use a server of your own. It said: ${stderr?.trim() || message}`,
      undefined,
      { cause: error },
    );
  }
  if (isDurable) await markUnwritten(draft);
  await rename(draft, home);
}

/** The password of a cluster's superuser. */
export async function readPassword(home: string): Promise<string> {
  const file = join(home, 'password');
  return readFile(file, 'utf8').catch((error) => {
    throw new ExpectedError(
      `${file} cannot be read (${error.code}): start as the user who created it, or remove ${home} to begin with an empty database.`,
      undefined,
      { cause: error },
    );
  });
}
