import type { Client } from '@temporalio/client';
import { lockDataDir } from '../local/data-dir-lock';
import { reservePort } from '../local/free-port';
import { listVariables } from '../partner/config/partners-file';
import { type BaseConfig, loadConfig, type Needs } from '../process/config';
import type { Logger } from '../process/logger';
import { publishRunningDev, withdrawRunningDev } from '../process/running-dev';
import type { Cleanup } from '../process/shutdown';
import type { Simulator, SimulatorOptions } from '../simulator/simulator';
import type { migrate } from '../store/migrate/migrate';
import { loadWhile } from './load-while';
import { warnOfPlainText } from './plain-text-warnings';
import {
  provideKeys,
  providePartner,
  providePostgres,
  provideTemporal,
  startedHere,
} from './provide-servers';
import type { runApi } from './run-api';
import type { usingStore } from './with-store';

const HOST = '127.0.0.1';

const loadMigrate = (): typeof migrate => require('../store/migrate/migrate').migrate;
const loadUsingStore = (): typeof usingStore => require('./with-store').usingStore;
const loadRunApi = (): typeof runApi => require('./run-api').runApi;

/** The servers of this machine, ready for workers, API and pages. */
export interface LocalServers {
  readonly config: BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal' | 'worker' | 'http'>;
  /** The variables that the partners file reads. */
  readonly variables: readonly string[];
  /** Null if the partner is not simulated. */
  readonly simulator: Simulator | null;
  /**
   * Serves the API and the pages, and leaves a note for other commands in the same DATA_DIR.
   *
   * @param starter a client on the connection of a worker in this process
   */
  serve(stop: Promise<unknown>, starter?: Client): Promise<{ readonly url: string }>;
  /** Rejects if one of the servers is lost: another program may take over its port. */
  readonly lost: Promise<never>;
}

/** How the servers are brought up. */
export interface BringUpOptions {
  /** The folder with the Temporal CLI, if it was downloaded. */
  readonly binDir: string;
  /** How the simulated partner answers. */
  readonly simulator: SimulatorOptions;
  /** Reports each part of the start. */
  readonly report: (line: string) => void;
  /** Load what the caller needs once the servers are up. They are called while the servers start. */
  readonly loads?: readonly (() => unknown)[];
}

/**
 * Starts Postgres, Temporal and the simulated partner, each unless the configuration names one, and migrates the tables.
 * The caller holds the lock of DATA_DIR; see {@link holdDataDir}.
 */
export async function bringUp(
  base: BaseConfig,
  log: Logger,
  cleanup: Cleanup,
  { binDir, simulator: answers, report, loads = [] }: BringUpOptions,
): Promise<LocalServers> {
  const keys = provideKeys(base);
  const variables = listVariables(base.partnersFile);
  const { http } = loadConfig(['http'], { env: base.env, runningDev: false });
  // Other things take their ports before the API can listen.
  const { port, release } = await cleanup.acquire(
    'the port of the API',
    () => reservePort(http.port),
    (reserved) => reserved.release(),
  );
  const pages = `http://${HOST}:${port}`;
  const parts = startedHere(base, variables);
  if (parts !== '') report(`Starting ${parts}`);
  const starting = Promise.all([
    providePostgres(base, log, cleanup),
    provideTemporal(base, { codecEndpoint: `${pages}/codec`, binDir }, log, cleanup),
    providePartner(base, variables, { ...answers, pages }, cleanup),
  ]);
  await loadWhile(starting, [loadMigrate, loadUsingStore, ...loads, loadRunApi]);
  const [postgres, temporal, partner] = await starting;
  const environment = { ...postgres.environment, ...temporal.environment, ...partner.environment, ...keys };
  const env = { ...base.env, ...environment };
  const loaded = loadConfig(['databaseUrl', 'temporal', 'worker', 'http'], { env, runningDev: false });
  // The API listens on loopback here.
  const config = { ...loaded, http: { ...loaded.http, host: HOST, port } };
  warnOfPlainText(config, log);
  report('Migrating the tables');
  await loadUsingStore()(config.databaseUrl, loadMigrate());
  const lost = Promise.race([postgres.lost, temporal.lost]);
  // The caller waits for it later.
  lost.catch(() => undefined);
  const shared = inForce({ ...env, PARTNERS_FILE: config.partnersFile }, variables);
  return {
    config,
    variables,
    simulator: partner.simulator,
    serve: async (stop, starter) => {
      const { url } = await loadRunApi()(config, log, cleanup, stop, release, starter);
      await cleanup.acquire(
        'the note for other commands',
        () => publishRunningDev(base.dataDir, shared),
        () => withdrawRunningDev(base.dataDir),
      );
      return { url };
    },
    lost,
  };
}

/** Makes this process the only owner of DATA_DIR until the cleanup. */
export async function holdDataDir({ dataDir }: BaseConfig, cleanup: Cleanup): Promise<void> {
  await cleanup.acquire(
    'the lock on DATA_DIR',
    () => lockDataDir(dataDir),
    (lock) => lock.release(),
  );
}

/**
 * The variables with which other commands find the same servers and partners.
 *
 * @param variables the variables that the partners file reads, or reads from the file that `NAME_FILE` names
 */
function inForce(env: NodeJS.ProcessEnv, variables: readonly string[]): Record<string, string> {
  const shared = /^(DATABASE_URL|PAYLOAD_KEYS|TASK_QUEUE|PARTNERS_FILE|TRACE_URL_TEMPLATE|TEMPORAL_.+)$/;
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value && (shared.test(name) || variables.includes(name.replace(/_FILE$/, ''))) ? [[name, value]] : [],
    ),
  );
}
