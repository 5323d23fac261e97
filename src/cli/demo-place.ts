import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stopLeftPostgres } from '../local/postgres';
import { stopLeftTemporal } from '../local/temporal-server';
import { type BaseConfig, loadConfig } from '../process/config';
import type { Logger } from '../process/logger';
import { outside } from '../process/outside';
import type { Cleanup } from '../process/shutdown';
import { holdDataDir } from './bring-up';
import { stopLeftWorker } from './worker-process';

/** Variables with which the demo would use servers, partners, keys or logins that are not its own. */
const NOT_OURS = /^((TEMPORAL_(?!CLI_PATH$)|NOTEWORTH_|WORKER_|PG).*|HTTP_HOST|HTTP_TRUST_PROXY|TASK_QUEUE)$/;
const NOT_OURS_NOR_THEIR_FILES = /^(DATABASE_URL|PAYLOAD_KEYS|API_TOKENS|PARTNERS_FILE|PUBLIC_URL)(_FILE)?$/;

/** Where the demo is: its configuration, and the folder with a downloaded Temporal CLI, which `npm start` uses too. */
export interface DemoPlace {
  readonly base: BaseConfig;
  readonly binDir: string;
}

/** The demo has a data directory of its own, below that of `npm start`, and servers of its own. */
export function demoPlace(given: NodeJS.ProcessEnv = outside().env): DemoPlace {
  const { dataDir } = loadConfig([], { env: given, runningDev: false });
  const kept = Object.entries(given).filter(
    ([name]) => !NOT_OURS.test(name) && !NOT_OURS_NOR_THEIR_FILES.test(name),
  );
  const env = { ...Object.fromEntries(kept), DATA_DIR: join(dataDir, 'demo') };
  return { base: loadConfig([], { env, runningDev: false }), binDir: join(dataDir, 'bin') };
}

/** Takes the data directory until the cleanup, and empties it: now of what a killed demo left, at the end of this one. */
export async function holdDemoPlace(base: BaseConfig, log: Logger, cleanup: Cleanup): Promise<void> {
  const { dataDir } = base;
  await holdDataDir(base, cleanup);
  await stopLeftWorker(dataDir);
  await stopLeftPostgres(dataDir, log);
  await stopLeftTemporal(dataDir, log);
  await empty(dataDir);
  cleanup.add('the data of the demo', () => empty(dataDir));
}

/** Removes everything except the lock. */
async function empty(dataDir: string): Promise<void> {
  const names = (await readdir(dataDir)).filter((name) => !name.startsWith('dev.lock'));
  await Promise.all(
    names.map((name) => rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 5 })),
  );
}
