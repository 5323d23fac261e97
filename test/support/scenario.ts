import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client as PostgresClient } from 'pg';
import type { DataSource } from 'typeorm';
import type { SyncResult } from '../../src/contract/sync';
import { type Simulator, type Step, startSimulator } from '../../src/simulator/simulator';
import { createDataSource } from '../../src/store/data-source';
import { migrate } from '../../src/store/migrate';
import { getRun, type RunWithCalls } from '../../src/store/read-runs';
import { connectClient } from '../../src/temporal/connection';
import { type RunningCommand, startCommand } from './command';
import { serving, TEN } from './people';
import { createTestDatabase } from './test-database';

/** A partner, a database and a task queue of its own, for workers that are real processes and can be killed. */
export interface Scenario {
  readonly simulator: Simulator;
  readonly dataSource: DataSource;
  /** Starts a worker process; Temporal is reached at the address, if one is given. */
  startWorker(temporalAddress?: string): Promise<RunningCommand>;
  /** Starts a run; `result` is its end. */
  startRun(): Promise<{ result: Promise<SyncResult>; run(): Promise<RunWithCalls> }>;
  /** Keeps everybody else from the table until released. */
  lock(table: string): Promise<{ release(): Promise<void> }>;
  /** Whether a statement with these words waits for a lock in this database. */
  isWaiting(words: string): Promise<boolean>;
  calls(endpoint: 'auth' | 'providers'): number;
  end(): Promise<void>;
}

/** @param answers how the partner's next calls go; the last good answer serves {@link TEN} */
export async function startScenario(answers: { auth?: Step[]; providers?: Step[] } = {}): Promise<Scenario> {
  const simulator = await startSimulator({
    rates: { auth: {}, providers: {} },
    people: TEN,
    recordsPerAnswer: 10,
  });
  simulator.script('auth', answers.auth ?? []);
  simulator.script('providers', answers.providers ?? [serving(...TEN)]);
  const database = await createTestDatabase();
  const dataSource = createDataSource({ url: database.url, applicationName: 'scenario', poolSize: 2 });
  await dataSource.initialize();
  await migrate(dataSource);
  const secret = randomBytes(32);
  const taskQueue = randomUUID();
  const address = process.env.TEST_TEMPORAL_ADDRESS ?? '';
  const client = await connectClient({
    connection: { address },
    namespace: 'default',
    taskQueue,
    payloadKeys: [{ id: 'fault', secret: createSecretKey(secret) }],
  });
  const workers: RunningCommand[] = [];
  const locks: PostgresClient[] = [];

  return {
    simulator,
    dataSource,
    async startWorker(temporalAddress = address) {
      const worker = startCommand(['worker'], {
        DATA_DIR: tmpdir(),
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: temporalAddress,
        TASK_QUEUE: taskQueue,
        PAYLOAD_KEYS: `fault:${secret.toString('base64')}`,
        NOTEWORTH_BASE_URL: simulator.url,
        NOTEWORTH_RETRY_DELAY: '10ms',
      });
      workers.push(worker);
      await worker.says(/Worker ready/);
      return worker;
    },
    async startRun() {
      const handle = await client.workflow.start('syncProviders', {
        taskQueue,
        workflowId: `fault-${taskQueue}`,
      });
      const result = handle.result() as Promise<SyncResult>;
      result.catch(() => undefined);
      return {
        result,
        async run() {
          const run = await getRun(dataSource, handle.workflowId);
          if (!run) throw new Error('the run was not recorded');
          return run;
        },
      };
    },
    async lock(table) {
      const locker = new PostgresClient({ connectionString: database.url });
      locks.push(locker);
      await locker.connect();
      await locker.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      return { release: () => locker.end() };
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
      await client.connection.close();
      await simulator.close();
      await dataSource.destroy();
      await database.drop();
    },
  };
}

/** Waits for something to come true. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > giveUp) throw new Error('it did not come true within 30 s');
    await sleep(20);
  }
}

/** A way to an address that can be cut: from then on what is sent arrives nowhere, and nothing comes back. */
export async function startCuttableWay(to: string): Promise<{ address: string; cut(): void; close(): void }> {
  const [host = '', port = ''] = to.split(':');
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
