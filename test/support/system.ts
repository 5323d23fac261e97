import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { stringify } from 'yaml';
import { createLogger } from '../../src/process/logger';
import { type Simulator, type Step, startSimulator } from '../../src/simulator/simulator';
import { getRun, type RunWithCalls } from '../../src/store/runs/read-runs';
import { startSync } from '../../src/temporal/runs/start-sync';
import { type SyncOutcome, watchSync } from '../../src/temporal/runs/watch-sync';
import { type Engine, startEngine } from './engine';
import { partnersFile } from './partners';
import { createDatabaseToMigrate } from './test-database';
import { useOpened } from './use-opened';

/** The deadline of the tests' partner: much longer than a good answer takes, also on a busy machine. */
const DEADLINE_MS = 3_000;
/** The silence before a 408: much shorter than the deadline. */
const HANG_MS = 200;

/** The whole system in this process: real Temporal, real Postgres, the simulated partner, a worker. */
export interface System extends Omit<Engine, 'starter'> {
  readonly simulator: Simulator;
  readonly databaseUrl: string;
  /** Every line of the worker's log, at the level trace. */
  readonly log: () => string;
  /** Runs a sync to its end. The partner first sends the given answers, and good ones afterwards. */
  sync(answers?: { auth?: Step[]; providers?: Step[] }): Promise<{ outcome: SyncOutcome; run: RunWithCalls }>;
  /** Calls that the partner counted since the last sync began. */
  calls(endpoint: 'auth' | 'providers'): number;
}

/** Starts a system for the tests of a file or of a `describe`; see {@link startSystem}. */
export function useSystem(...options: Parameters<typeof startSystem>): System {
  return useOpened(
    () => startSystem(...options),
    (system) => system.stop(),
  );
}

/**
 * @param changes to Noteworth's entry in partners.yaml
 * @param temporalAddress of a Temporal other than the one that all tests share
 * @param others names of more partners like it
 * @param webhooks the receivers of webhooks in partners.yaml
 */
export async function startSystem(
  changes: Record<string, unknown> = {},
  temporalAddress = process.env.TEST_TEMPORAL_ADDRESS ?? '',
  others: readonly string[] = [],
  webhooks: object = {},
): Promise<System> {
  const lines: string[] = [];
  const log = createLogger('trace', { write: (line) => lines.push(line) });
  const simulator = await startSimulator({ rates: { auth: {}, providers: {} }, hangMs: HANG_MS });
  const database = await createDatabaseToMigrate();
  const entry = {
    baseUrl: simulator.url,
    deadline: `${DEADLINE_MS}ms`,
    retryDelay: '5ms',
    maxBytes: 1 << 20,
    ...changes,
  };
  const engine = await startEngine({
    databaseUrl: database.url,
    temporalAddress,
    taskQueue: randomUUID(),
    partnersFile: `${partnersFile(['noteworth', ...others].map((name) => [name, entry]))}${stringify({ webhooks })}`,
    log,
  });
  const { client, config, dataSource } = engine;

  return {
    databaseUrl: database.url,
    simulator,
    dataSource,
    client,
    config,
    log: () => lines.join(''),
    async sync({ auth = [], providers = [] } = {}) {
      simulator.reset();
      simulator.script('auth', auth);
      simulator.script('providers', providers);
      const handle = await startSync(client, config.taskQueue, { partner: 'noteworth', trigger: 'cli' });
      const outcome = await watchSync(handle, () => undefined);
      const run = await getRun(dataSource, handle.workflowId);
      if (!run) throw new Error('the run was not recorded');
      return { outcome, run };
    },
    calls: (endpoint) => simulator.calls.filter((call) => call.endpoint === endpoint).length,
    async stop() {
      // The simulator is closed first, so that nothing waits for a hanging call.
      await simulator.close();
      await engine.stop();
      await database.drop();
    },
  };
}

/** The people in the directory in short form, sorted. */
export async function directory(dataSource: DataSource): Promise<string[]> {
  const rows = await dataSource.query<{ line: string }[]>(
    `SELECT concat_ws('|', given_name, family_name, title, clinic) AS line FROM providers`,
  );
  return rows.map(({ line }) => line).sort();
}
