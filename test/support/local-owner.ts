import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { lockDataDir } from '../../src/local/data-dir-lock';
import { startLocalPostgres } from '../../src/local/postgres';
import { findTemporalCli } from '../../src/local/temporal-binaries';
import { startLocalTemporal } from '../../src/local/temporal-server';
import { createLogger } from '../../src/process/logger';

/** The line of JSON that the owner writes to its standard output. */
export type OwnerReport =
  | {
      readonly postgres: { url: string; port: number; pid: number };
      readonly temporal: TemporalReport | null;
    }
  | { readonly refused: string };

interface TemporalReport {
  readonly address: string;
  readonly pid: number;
}

/**
 * A process that owns a data directory, as `dev` does. Tests stop it (by closing its input) or kill it. Its arguments:
 * the data directory, and `temporal` to start a Temporal server too.
 */
async function own(dataDir: string, withTemporal: boolean): Promise<void> {
  const log = createLogger('info');
  const lock = await lockDataDir(dataDir);
  const postgres = await startLocalPostgres({ dataDir, database: 'provider_sync', log });
  const temporal = withTemporal ? await startTemporal(dataDir) : null;
  report({ postgres, temporal });

  process.stdin.resume();
  await once(process.stdin, 'end');
  await temporal?.stop();
  await postgres.stop();
  await lock.release();
}

async function startTemporal(dataDir: string) {
  const log = createLogger('info');
  const { path } = await findTemporalCli({ cacheDir: join(resolve('.provider-sync'), 'bin'), log });
  return startLocalTemporal({ executable: path, dataDir, ui: true, log });
}

function report(found: OwnerReport): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}

const [dataDir = '', ...parts] = process.argv.slice(2);
own(dataDir, parts.includes('temporal')).catch((error: Error) => {
  report({ refused: error.message });
  process.exitCode = 1;
});
