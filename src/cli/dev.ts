import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { lockDataDir } from '../local/data-dir-lock';
import { freePort } from '../local/free-port';
import { startLocalPostgres } from '../local/postgres';
import { findTemporalCli } from '../local/temporal-binaries';
import { startLocalTemporal } from '../local/temporal-server';
import { listVariables, readPartnersFile } from '../partner/config/partners-file';
import { type BaseConfig, loadConfig, type Needs } from '../process/config';
import { createLogger, type Logger } from '../process/logger';
import { publishRunningDev, withdrawRunningDev } from '../process/running-dev';
import { writeSecretFile } from '../process/secret-file';
import { type Cleanup, runUntilStopped } from '../process/shutdown';
import { startSimulator } from '../simulator/simulator';
import { migrate } from '../store/migrate/migrate';
import { usingTemporal } from '../temporal/connection/using-temporal';
import { startSync } from '../temporal/runs/start-sync';
import { watchSync } from '../temporal/runs/watch-sync';
import { runWorker } from '../worker/run-worker';
import { installTemporalRuntime } from '../worker/worker';
import { warnOfPlainText } from './plain-text-warnings';
import { provideSchedules } from './provide-schedules';
import { runApi } from './run-api';
import { SIMULATOR_PORT } from './simulator';
import { describeOutcome } from './sync';
import { usingStore } from './with-store';

const HOST = '127.0.0.1';
/** The variable that the address of the simulated partner is given in. */
const PARTNER_URL = 'NOTEWORTH_BASE_URL';
/** A server that is not ours is not ours to miss. */
const NEVER = new Promise<never>(() => undefined);

/** The first answers of the simulated partner, so that a newcomer's first run shows retries and succeeds. */
const FIRST_ANSWERS = { auth: ['error500', 'ok'], providers: ['cut', 'ok'] } as const;

export function devCommand(program: Command): void {
  program
    .command('dev')
    .description('bring up everything on this machine and run a first sync (npm start)')
    .action(async () => {
      const base = loadConfig([], { runningDev: false });
      const log = createLogger(base.logLevel);
      installTemporalRuntime(log);
      await runUntilStopped(log, (cleanup, stop) => dev(base, log, cleanup, stop));
    });
}

async function dev(base: BaseConfig, log: Logger, cleanup: Cleanup, stop: Promise<unknown>): Promise<void> {
  const { dataDir } = base;
  await cleanup.acquire(
    'the lock on DATA_DIR',
    () => lockDataDir(dataDir),
    (lock) => lock.release(),
  );
  const keys = provideKeys(base);
  const variables = listVariables(base.partnersFile);
  const { http } = loadConfig(['http'], { env: base.env, runningDev: false });
  const port = await freePort(http.port);
  const [postgres, temporal, partner] = await Promise.all([
    providePostgres(base, log, cleanup),
    provideTemporal(base, `http://${HOST}:${port}/codec`, log, cleanup),
    providePartner(base, variables, cleanup),
  ]);
  const environment = { ...postgres.environment, ...temporal.environment, ...partner, ...keys };
  const env = { ...base.env, ...environment };
  const config = loadConfig(['databaseUrl', 'temporal', 'worker', 'http'], { env, runningDev: false });
  // The API listens on loopback here.
  warnOfPlainText({ ...config, http: { ...config.http, host: HOST } }, log);
  await usingStore(config.databaseUrl, log, migrate);
  // A version would first have to be made current.
  const worker = { ...config.worker, version: null };
  const { ended } = await runWorker({ ...config, worker }, log, cleanup, stop);
  const { url } = await runApi({ ...config, http: { ...config.http, host: HOST, port } }, log, cleanup, stop);
  await cleanup.acquire(
    'the note for other commands',
    () => publishRunningDev(dataDir, inForce({ ...env, PARTNERS_FILE: config.partnersFile }, variables)),
    () => withdrawRunningDev(dataDir),
  );
  const { host, pathname } = new URL(config.databaseUrl);
  const places = [
    ['Pages', url],
    ['API', `${url}/docs`],
    ['Postgres', `${host}${pathname}`],
    ['Temporal', config.temporal.connection.address],
    ['Temporal UI', config.http.temporalUiUrl ?? 'that of your Temporal'],
    ['Codec', `${url}/codec`],
    ['Partner', variables.includes(PARTNER_URL) ? config.env[PARTNER_URL] : 'as in partners.yaml'],
    ['Schedule', await provideSchedules(config, log)],
    ['Who is there', 'npx provider-sync providers list'],
    ['Sync again', 'npx provider-sync sync'],
    ['Is all well', 'npx provider-sync doctor'],
    ['Stop', 'Ctrl-C; what is stored stays'],
  ];
  const works = Promise.all([
    ended,
    firstSyncs(config, log, cleanup).then((outcome) => {
      const lines = places.map(([name, place]) => `  ${name?.padEnd(14)}${place}`);
      process.stdout.write(`\n${outcome}\n\n${lines.join('\n')}\n\n`);
    }),
  ]);
  // Without one of its servers it must not live on: another program may take over that one's port.
  await Promise.race([works, postgres.lost, temporal.lost]);
}

/**
 * What other commands need in order to find the same servers and the same partners.
 *
 * @param variables those that the partners file reads
 */
function inForce(env: NodeJS.ProcessEnv, variables: readonly string[]): Record<string, string> {
  const shared = /^(DATABASE_URL|PAYLOAD_KEYS|TASK_QUEUE|PARTNERS_FILE|TEMPORAL_.+|NOTEWORTH_.+)$/;
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value && (shared.test(name) || variables.includes(name)) ? [[name, value]] : [],
    ),
  );
}

/** Runs a sync of each partner, and reports how each went. */
async function firstSyncs(
  config: BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal'>,
  log: Logger,
  cleanup: Cleanup,
): Promise<string> {
  const watching = new AbortController();
  const partners = readPartnersFile(config.partnersFile, config.env);
  const ended = usingTemporal(config.temporal, async (client) => {
    const { taskQueue } = config.temporal;
    const syncs = [...partners.keys()].map(async (partner) => {
      const handle = await startSync(client, taskQueue, { partner, trigger: 'dev' });
      const lines = log.child({ partner });
      const outcome = await watchSync(handle, (line) => lines.info(line), watching.signal);
      return describeOutcome(partner, handle.workflowId, outcome);
    });
    // All are over before the connection is closed.
    await Promise.allSettled(syncs);
    return (await Promise.all(syncs)).join('\n');
  });
  cleanup.add('watching the first syncs', async () => {
    watching.abort();
    // The caller gets the outcome; the watching must be over before Temporal is.
    await Promise.allSettled([ended]);
  });
  return ended;
}

async function providePostgres({ env, dataDir }: BaseConfig, log: Logger, cleanup: Cleanup) {
  if (env.DATABASE_URL) return { environment: {}, lost: NEVER };
  const postgres = await cleanup.acquire(
    'Postgres',
    () => startLocalPostgres({ dataDir, database: 'provider_sync', log }),
    (started) => started.stop(),
  );
  return { environment: { DATABASE_URL: postgres.url }, lost: postgres.lost };
}

async function provideTemporal(
  { env, dataDir }: BaseConfig,
  codecEndpoint: string,
  log: Logger,
  cleanup: Cleanup,
) {
  if (env.TEMPORAL_ADDRESS) return { environment: {}, lost: NEVER };
  const { path, origin } = await findTemporalCli({ cacheDir: join(dataDir, 'bin'), log, env });
  log.info(`Temporal: ${origin}`);
  const temporal = await cleanup.acquire(
    'Temporal',
    () => startLocalTemporal({ executable: path, dataDir, ui: true, codecEndpoint, log }),
    (started) => started.stop(),
  );
  const environment = {
    TEMPORAL_ADDRESS: temporal.address,
    ...(temporal.uiUrl && { TEMPORAL_UI_URL: temporal.uiUrl }),
  };
  return { environment, lost: temporal.lost };
}

/** The simulated partner, where the partners file asks for its address and none is given. */
async function providePartner({ env }: BaseConfig, variables: readonly string[], cleanup: Cleanup) {
  if (env[PARTNER_URL] || !variables.includes(PARTNER_URL)) return {};
  const simulator = await cleanup.acquire(
    'the simulated partner',
    async () => startSimulator({ port: await freePort(SIMULATOR_PORT), script: FIRST_ANSWERS }),
    (started) => started.close(),
  );
  return { [PARTNER_URL]: simulator.url };
}

/** Without keys of the operator's, ones of this machine; they must outlive the histories they encrypt. */
function provideKeys({ env, dataDir }: BaseConfig) {
  if (env.PAYLOAD_KEYS) return { PAYLOAD_KEYS: env.PAYLOAD_KEYS };
  const path = join(dataDir, 'payload-keys');
  if (!existsSync(path)) {
    writeSecretFile(path, `dev-${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}\n`);
  }
  chmodSync(path, 0o600);
  return { PAYLOAD_KEYS: readFileSync(path, 'utf8').trim() };
}
