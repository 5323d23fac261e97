import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { DEFAULT_PARTNER } from '../contract/names';
import { lockDataDir } from '../local/data-dir-lock';
import { freePort } from '../local/free-port';
import { startLocalPostgres } from '../local/postgres';
import { findTemporalCli } from '../local/temporal-binaries';
import { startLocalTemporal } from '../local/temporal-server';
import { type BaseConfig, loadConfig } from '../process/config';
import { createLogger, type Logger } from '../process/logger';
import { publishRunningDev, withdrawRunningDev } from '../process/running-dev';
import { Cleanup, shutdownRequested } from '../process/shutdown';
import { startSimulator } from '../simulator/simulator';
import { migrate } from '../store/migrate';
import { connectClient } from '../temporal/connection';
import { startSync } from '../temporal/start-sync';
import { watchSync } from '../temporal/watch-sync';
import { installTemporalRuntime } from '../temporal/worker';
import { runWorker } from './run-worker';
import { SIMULATOR_PORT } from './simulator';
import { describeOutcome } from './sync';
import { usingStore } from './with-store';

/** The first answers of the simulated partner, so that a newcomer's first run shows retries and succeeds. */
const FIRST_ANSWERS = { auth: ['error500', 'ok'], providers: ['cut', 'ok'] } as const;

export function devCommand(program: Command): void {
  program
    .command('dev')
    .description('bring up everything on this machine and run a first sync (npm start)')
    .action(async () => {
      const base = loadConfig([]);
      const log = createLogger(base.logLevel);
      installTemporalRuntime(log);
      const cleanup = new Cleanup(log);
      const stop = shutdownRequested(log);
      try {
        await Promise.race([dev(base, log, cleanup, stop), stop]);
      } finally {
        await cleanup.run();
      }
    });
}

async function dev(base: BaseConfig, log: Logger, cleanup: Cleanup, stop: Promise<unknown>): Promise<void> {
  mkdirSync(base.dataDir, { recursive: true });
  const lock = await lockDataDir(base.dataDir);
  cleanup.add('the lock on DATA_DIR', () => lock.release());

  const [postgres, temporal, partner] = await Promise.all([
    providePostgres(base, log, cleanup),
    provideTemporal(base, log, cleanup),
    providePartner(base, cleanup),
  ]);
  const environment = { ...postgres, ...temporal.environment, ...partner, ...provideKeys(base) };
  const config = loadConfig(['databaseUrl', 'temporal'], { env: { ...base.env, ...environment } });
  await usingStore(config.databaseUrl, log, migrate);
  const { ended } = await runWorker(config, log, cleanup, stop);
  cleanup.add('the worker', () => ended);
  publishRunningDev(base.dataDir, environment);
  cleanup.add('the note for other commands', () => withdrawRunningDev(base.dataDir));

  const client = await connectClient(config.temporal);
  cleanup.add('the connection for the first sync', () => client.connection.close());
  const handle = await startSync(client, config.temporal.taskQueue, {
    partner: DEFAULT_PARTNER,
    trigger: 'dev',
  });
  const outcome = await watchSync(handle, (line) => log.info(line));
  const places = [
    ['Temporal UI', temporal.uiUrl ?? `the UI of ${config.temporal.connection.address}`],
    ['Partner', config.env.NOTEWORTH_BASE_URL ?? 'as in partners.yaml'],
    ['Who is there', 'npx provider-sync providers list'],
    ['Sync again', 'npx provider-sync sync'],
    ['Is all well', 'npx provider-sync doctor'],
    ['Stop', 'Ctrl-C; what is stored stays'],
  ];
  process.stdout.write(
    `\n${describeOutcome(DEFAULT_PARTNER, handle.workflowId, outcome)}\n\n${places
      .map(([name, place]) => `  ${name?.padEnd(14)}${place}`)
      .join('\n')}\n\n`,
  );
  await ended;
}

async function providePostgres({ env, dataDir }: BaseConfig, log: Logger, cleanup: Cleanup) {
  if (env.DATABASE_URL) return {};
  const postgres = await startLocalPostgres({ dataDir, database: 'provider_sync', log });
  cleanup.add('Postgres', () => postgres.stop());
  return { DATABASE_URL: postgres.url };
}

async function provideTemporal({ env, dataDir }: BaseConfig, log: Logger, cleanup: Cleanup) {
  if (env.TEMPORAL_ADDRESS) return { environment: {}, uiUrl: null };
  const { path, origin } = await findTemporalCli({ cacheDir: join(dataDir, 'bin'), log, env });
  log.info(`Temporal: ${origin}`);
  const temporal = await startLocalTemporal({ executable: path, dataDir, ui: true, log });
  cleanup.add('Temporal', () => temporal.stop());
  return { environment: { TEMPORAL_ADDRESS: temporal.address }, uiUrl: temporal.uiUrl };
}

async function providePartner({ env }: BaseConfig, cleanup: Cleanup) {
  if (env.NOTEWORTH_BASE_URL) return {};
  const simulator = await startSimulator({ port: await freePort(SIMULATOR_PORT) });
  simulator.script('auth', FIRST_ANSWERS.auth);
  simulator.script('providers', FIRST_ANSWERS.providers);
  cleanup.add('the simulated partner', () => simulator.close());
  return { NOTEWORTH_BASE_URL: simulator.url };
}

/** Without keys of the operator's, ones of this machine; they must outlive the histories they encrypt. */
function provideKeys({ env, dataDir }: BaseConfig) {
  if (env.PAYLOAD_KEYS) return {};
  const path = join(dataDir, 'payload-keys');
  if (!existsSync(path)) {
    writeFileSync(path, `dev:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  }
  chmodSync(path, 0o600);
  return { PAYLOAD_KEYS: readFileSync(path, 'utf8').trim() };
}
