import { randomBytes, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, ServiceError, type WorkflowHandle } from '@temporalio/client';
import { Client as PostgresClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import type { SyncResult } from '../../src/contract/run';
import { payloadKeysSchema } from '../../src/process/payload-keys';
import { type Simulator, type Step, startSimulator } from '../../src/simulator/simulator';
import { migrate } from '../../src/store/migrate/migrate';
import { getRun, type RunWithCalls } from '../../src/store/runs/read-runs';
import { hasGrpcStatus } from '../../src/temporal/connection/grpc-status';
import { type RunningCommand, startCommand } from './command';
import { connectTestClient } from './connect-test-client';
import { patientDataSource } from './patient-data-source';
import { serving, TEN } from './people';
import { testTemporalConfig } from './temporal-config';
import { createDatabaseToMigrate } from './test-database';
import { startWorkerHere, type WorkerHere } from './worker-here';

/** Milliseconds for the end of open runs. Temporal may be unavailable for good. */
const END_RUNS_MS = 5_000;
/** Long for a busy machine, and less than a test has, so that a test fails with the condition it waited for. */
const UNTIL_MS = 120_000;

/** A separate partner, database and task queue, for workers that are real processes and can be killed. */
export interface Scenario {
  readonly simulator: Simulator;
  readonly dataSource: DataSource;
  readonly client: Client;
  readonly taskQueue: string;
  /** The environment of every command of this scenario. */
  readonly env: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  /**
   * Starts a worker process and waits until it logs that it is ready, or until its output matches `saying`. Without
   * an address, it uses the Temporal of the scenario.
   */
  startWorker(
    temporalAddress?: string,
    changes?: NodeJS.ProcessEnv,
    saying?: RegExp,
  ): Promise<RunningCommand>;
  /** Starts a worker in the process of the test, with these changes of its environment. It stops with the scenario. */
  startWorkerHere(changes?: NodeJS.ProcessEnv): Promise<WorkerHere>;
  /** Starts a run with this workflow ID; by default, with the workflow ID of the scenario. */
  startRun(workflowId?: string): Promise<StartedRun>;
  /** Locks the table, or only its rows that meet a condition, until it is released. */
  lock(table: string, condition?: string): Promise<{ release(): Promise<void> }>;
  /** Lets statements that write to the table wait, and no others, until it is released. */
  lockWrites(table: string): Promise<{ release(): Promise<void> }>;
  /** Runs a statement as the superuser, from outside of this database. */
  administer(statement: string): Promise<void>;
  /** Ends the workers' sessions in this database (57P01). @param session of the test, if Postgres accepts no new one */
  endSessions(session?: QueryRunner): Promise<void>;
  /** Whether a statement with these words waits for a lock in this database. */
  isWaiting(words: string): Promise<boolean>;
  calls(endpoint: 'auth' | 'providers'): number;
  end(): Promise<void>;
}

export interface StartedRun {
  readonly handle: WorkflowHandle;
  /** Settles when the run ends. */
  readonly result: Promise<SyncResult>;
  /** The latest row of its workflow. */
  run(): Promise<RunWithCalls>;
}

/** How a scenario differs from the default. */
export interface ScenarioOptions {
  /** The outcomes of the partner's next calls; by default one good answer with {@link TEN}. */
  readonly auth?: readonly Step[];
  readonly providers?: readonly Step[];
  /** A Postgres server and a Temporal server other than the shared ones. */
  readonly databaseUrl?: string;
  readonly temporalAddress?: string;
  /** The value of PAYLOAD_KEYS; by default a random key. */
  readonly payloadKeys?: string;
  /** More variables for the workers. */
  readonly workerEnv?: NodeJS.ProcessEnv;
}

export async function startScenario(options: ScenarioOptions = {}): Promise<Scenario> {
  const simulator = await startSimulator({
    rates: { auth: {}, providers: {} },
    people: TEN,
    recordsPerAnswer: 10,
  });
  simulator.script('auth', options.auth ?? []);
  simulator.script('providers', options.providers ?? [serving(...TEN)]);
  const database = await createDatabaseToMigrate(options.databaseUrl);
  const dataSource = patientDataSource({ url: database.url, applicationName: 'scenario', poolSize: 2 });
  await dataSource.initialize();
  await migrate(dataSource);
  const payloadKeys = options.payloadKeys ?? `fault:${randomBytes(32).toString('base64')}`;
  const taskQueue = randomUUID();
  const address = options.temporalAddress ?? process.env.TEST_TEMPORAL_ADDRESS ?? '';
  const client = await connectTestClient(
    testTemporalConfig({
      connection: { address },
      taskQueue,
      payloadKeys: payloadKeysSchema.parse(payloadKeys),
    }),
  );
  const env = {
    DATA_DIR: tmpdir(),
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: address,
    TASK_QUEUE: taskQueue,
    PAYLOAD_KEYS: payloadKeys,
    NOTEWORTH_BASE_URL: simulator.url,
    NOTEWORTH_RETRY_DELAY: '10ms',
    // So rare that it does not disturb: an hourly schedule would start a run in a test that crosses the hour.
    NOTEWORTH_SYNC_EVERY: '366d',
    ...options.workerEnv,
  };
  const workers: RunningCommand[] = [];
  const workersHere: WorkerHere[] = [];
  const locks: PostgresClient[] = [];
  const runs: StartedRun[] = [];
  const ending = new AbortController();
  // The SDK does not remove its listener after each long poll for a result.
  setMaxListeners(0, ending.signal);
  const holdLock = async (statement: string) => {
    const locker = new PostgresClient({ connectionString: database.url });
    // Its server may be killed.
    locker.on('error', () => undefined);
    locks.push(locker);
    await locker.connect();
    await locker.query(`BEGIN; ${statement}`);
    return { release: () => locker.end() };
  };

  return {
    simulator,
    dataSource,
    client,
    taskQueue,
    databaseUrl: database.url,
    env,
    async startWorker(temporalAddress = address, changes = {}, saying = /Worker ready/) {
      const worker = startCommand(['worker'], { ...env, TEMPORAL_ADDRESS: temporalAddress, ...changes });
      workers.push(worker);
      await worker.says(saying);
      return worker;
    },
    async startWorkerHere(changes = {}) {
      const worker = await startWorkerHere({ ...env, ...changes });
      workersHere.push(worker);
      return worker;
    },
    async startRun(workflowId = `fault-${taskQueue}`) {
      const handle = await client.workflow.start('syncProviders', { taskQueue, workflowId });
      const result = client.withAbortSignal(ending.signal, () => resultOf(handle, ending.signal));
      result.catch(() => undefined);
      const started: StartedRun = {
        handle,
        result,
        async run() {
          const run = await getRun(dataSource, handle.workflowId);
          if (!run) throw new Error('the run was not recorded');
          return run;
        },
      };
      runs.push(started);
      return started;
    },
    lock: (table, condition) =>
      holdLock(
        condition === undefined
          ? `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`
          : `SELECT FROM ${table} WHERE ${condition} FOR UPDATE`,
      ),
    lockWrites: (table) => holdLock(`LOCK TABLE ${table} IN SHARE MODE`),
    administer: database.administer,
    async endSessions(session) {
      await dataSource.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'provider-sync worker'`,
        [],
        session,
      );
    },
    async isWaiting(words) {
      const [row] = await dataSource.query<[{ count: number }]>(
        `SELECT count(*)::int FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND strpos(query, $1) > 0`,
        [words],
      );
      return row.count > 0;
    },
    calls: (endpoint) => simulator.calls.filter((call) => call.endpoint === endpoint).length,
    async end() {
      await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
      await Promise.all(locks.map((locker) => locker.end()));
      // The SDK throws if it repeats a call on a closed connection. It also repeats a call that waits for the end of a
      // run, even after an abort, until the run ends.
      const endRuns = () => Promise.allSettled(runs.map(({ handle }) => handle.terminate()));
      await client.withDeadline(Date.now() + END_RUNS_MS, endRuns);
      ending.abort();
      await Promise.allSettled(runs.map(({ result }) => result));
      await client.connection.close();
      // The simulator is closed before the workers stop: they wait for the calls in progress.
      await simulator.close();
      await Promise.all(workersHere.map((worker) => worker.stop()));
      await dataSource.destroy();
      await database.drop();
    },
  };
}

/** Waits for the result, also while Temporal is started again: this can take longer than the SDK repeats its call. */
async function resultOf(handle: WorkflowHandle, ending: AbortSignal): Promise<SyncResult> {
  for (;;) {
    try {
      return (await handle.result()) as SyncResult;
    } catch (error) {
      const cause = error instanceof ServiceError ? error.cause : null;
      if (!hasGrpcStatus(cause, 'UNAVAILABLE') || ending.aborted) throw error;
    }
  }
}

/** A test with its own scenario, which ends with the test. */
export function inScenario(
  options: ScenarioOptions,
  test: (scenario: Scenario) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const scenario = await startScenario(options);
    try {
      await test(scenario);
    } finally {
      await scenario.end();
    }
  };
}

/** Waits until the condition is true. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + UNTIL_MS;
  while (!(await condition())) {
    if (Date.now() > giveUp) throw new Error(`it did not come true within ${UNTIL_MS / 1000} s`);
    await sleep(20);
  }
}
