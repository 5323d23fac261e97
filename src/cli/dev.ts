import type { Command } from 'commander';
import { lockDataDir } from '../local/data-dir-lock';
import { reservePort } from '../local/free-port';
import { listVariables, readPartnersFile } from '../partner/config/partners-file';
import { type BaseConfig, loadConfig, type Needs } from '../process/config';
import { createLogger, type Logger } from '../process/logger';
import { publishRunningDev, withdrawRunningDev } from '../process/running-dev';
import { type Cleanup, runUntilStopped } from '../process/shutdown';
import { migrate } from '../store/migrate/migrate';
import { usingTemporal } from '../temporal/connection/using-temporal';
import { startSync } from '../temporal/runs/start-sync';
import { watchSync } from '../temporal/runs/watch-sync';
import { runWorker } from '../worker/run-worker';
import { installTemporalRuntime } from '../worker/worker';
import { createProgress, type Progress, say } from './output';
import { warnOfPlainText } from './plain-text-warnings';
import { provideSchedules } from './provide-schedules';
import {
  PARTNER_URL,
  provideKeys,
  providePartner,
  providePostgres,
  provideTemporal,
} from './provide-servers';
import { runApi } from './run-api';
import { describeOutcome } from './watch-run';
import { usingStore } from './with-store';

const HOST = '127.0.0.1';

/** `dev` */
export function devCommand(command: Command): void {
  command.action(async () => {
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
  const startUp = reportStartUp(log, base);
  cleanup.add('the line about the start', () => startUp.end());
  const keys = provideKeys(base);
  const variables = listVariables(base.partnersFile);
  const { http } = loadConfig(['http'], { env: base.env, runningDev: false });
  // Other things take their ports before the API can listen.
  const { port, release } = await cleanup.acquire(
    'the port of the API',
    () => reservePort(http.port),
    (reserved) => reserved.release(),
  );
  startUp.show('Starting Postgres, Temporal and the simulated partner');
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
  startUp.show('Migrating the tables');
  await usingStore(config.databaseUrl, log, migrate);
  startUp.show('Starting the worker, the API and the pages');
  // A version would first have to be made current.
  const worker = { ...config.worker, version: null };
  const { ended } = await runWorker({ ...config, worker }, log, cleanup, stop);
  const api = { ...config, http: { ...config.http, host: HOST, port } };
  const { url } = await runApi(api, log, cleanup, stop, release);
  await cleanup.acquire(
    'the note for other commands',
    () => publishRunningDev(dataDir, inForce({ ...env, PARTNERS_FILE: config.partnersFile }, variables)),
    () => withdrawRunningDev(dataDir),
  );
  const schedule = await provideSchedules(config, log);
  startUp.show('Running a first sync of each partner');
  const works = Promise.all([
    ended,
    firstSyncs(config, log, cleanup, startUp).then((outcome) => {
      startUp.end();
      const partnerUrl = variables.includes(PARTNER_URL) ? config.env[PARTNER_URL] : undefined;
      say(closingLines(config, { url, schedule, partnerUrl, outcome }));
    }),
  ]);
  // Stop if one of our servers is lost: another program may take over its port.
  await Promise.race([works, postgres.lost, temporal.lost]);
}

/**
 * Reports the start: on a terminal in one line that is updated, without the log below warnings; elsewhere in the log.
 * A LOG_LEVEL that the user sets always applies.
 */
function reportStartUp(log: Logger, { env, logLevel }: BaseConfig): Progress {
  if (!process.stderr.isTTY || env.LOG_LEVEL) return { show: (line) => log.info(line), end: () => undefined };
  const progress = createProgress();
  log.level = 'warn';
  return {
    show: progress.show,
    end: () => {
      progress.end();
      log.level = logLevel;
    },
  };
}

interface StartedDev {
  readonly url: string;
  readonly schedule: string;
  readonly partnerUrl: string | undefined;
  readonly outcome: string;
}

/** The last lines of the start: the address of the pages first, then the first syncs, other addresses and commands. */
function closingLines(
  { databaseUrl, temporal, http }: Pick<Needs, 'databaseUrl' | 'temporal' | 'http'>,
  { url, schedule, partnerUrl, outcome }: StartedDev,
): string {
  const { host, pathname } = new URL(databaseUrl);
  const places = [
    ['API', `${url}/docs`],
    ['Postgres', `${host}${pathname}`],
    ['Temporal', temporal.connection.address],
    ['Temporal UI', http.temporalUiUrl ?? 'the UI of your Temporal'],
    ['Codec', `${url}/codec`],
    ['Partner', partnerUrl ?? 'see partners.yaml'],
    ['Schedule', schedule],
    ['List providers', 'npx provider-sync providers list'],
    ['Run a sync', 'npx provider-sync sync'],
    ['Check health', 'npx provider-sync doctor'],
    ['Stop', 'Ctrl-C; the data is kept'],
  ];
  const line = ([name = '', place = '']: readonly string[]) => `  ${name.padEnd(16)}${place}`;
  return `\n${line(['Pages', url])}\n\n${outcome}\n\n${places.map(line).join('\n')}\n`;
}

/**
 * The variables with which other commands find the same servers and partners.
 *
 * @param variables the variables that the partners file reads, or reads from the file that `NAME_FILE` names
 */
function inForce(env: NodeJS.ProcessEnv, variables: readonly string[]): Record<string, string> {
  const shared = /^(DATABASE_URL|PAYLOAD_KEYS|TASK_QUEUE|PARTNERS_FILE|TEMPORAL_.+)$/;
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value && (shared.test(name) || variables.includes(name.replace(/_FILE$/, ''))) ? [[name, value]] : [],
    ),
  );
}

/** Runs a sync of each partner, and reports how each went. */
async function firstSyncs(
  config: BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal'>,
  log: Logger,
  cleanup: Cleanup,
  startUp: Progress,
): Promise<string> {
  const watching = new AbortController();
  const partners = readPartnersFile(config.partnersFile, config.env);
  const ended = usingTemporal(config.temporal, async (client) => {
    const { taskQueue } = config.temporal;
    const syncs = [...partners.keys()].map(async (partner) => {
      const handle = await startSync(client, taskQueue, { partner, trigger: 'dev' });
      const lines = log.child({ partner });
      const show = (line: string) => {
        if (lines.isLevelEnabled('info')) lines.info(line);
        else startUp.show(`Sync of ${partner}: ${line}`);
      };
      const outcome = await watchSync(handle, show, watching.signal);
      return describeOutcome(partner, handle.workflowId, outcome);
    });
    // Wait for all of them before the connection is closed.
    await Promise.allSettled(syncs);
    return (await Promise.all(syncs)).join('\n');
  });
  cleanup.add('watching the first syncs', async () => {
    watching.abort();
    // Stop watching before Temporal stops; the caller gets the outcome.
    await Promise.allSettled([ended]);
  });
  return ended;
}
