import { createHash, randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startSync } from '../../src/temporal/runs/start-sync';
import { watchSync } from '../../src/temporal/runs/watch-sync';
import { type RunningCommand, runCommand, startCommand } from '../support/command';
import { type KillableServer, startKillableServer } from '../support/killable-server';
import { partnersFile } from '../support/partners';
import { type Receiver, startReceiver } from '../support/receiver';
import { type Scenario, startScenario } from '../support/scenario';
import { removeSchedules } from '../support/schedules';
import { startTemporalGateway, type TemporalGateway } from '../support/temporal-gateway';
import { unusedPort } from '../support/unused-port';
import { Recording } from './recording';
import type { Target } from './scrape';

/** A worker, an API and a Postgres that can be killed, and whose metrics are recorded. */
export interface Monitored {
  readonly scenario: Scenario;
  readonly postgres: KillableServer;
  /** Between the worker and Temporal. */
  readonly gateway: TemporalGateway;
  /** The receiver `pager` of webhooks, which gets test messages only. */
  readonly receiver: Receiver;
  /** The worker and the API, as Prometheus reads them. */
  readonly targets: Readonly<Record<'worker' | 'api', Target>>;
  /** The process that was started last. */
  worker(): RunningCommand;
  api(): RunningCommand;
  startWorker(changes?: NodeJS.ProcessEnv): Promise<void>;
  /** Ends the API and starts it again. */
  startApi(changes?: NodeJS.ProcessEnv): Promise<void>;
  /** @param allowed alerts that may fire at any time */
  record(allowed: readonly string[]): Recording;
  /** Starts a sync and returns its handle. */
  start(partner?: string): ReturnType<typeof startSync>;
  /** Runs a sync of the partner to its end. */
  sync(partner?: string): Promise<void>;
  end(): Promise<void>;
}

/** Two partners at one simulator: the first sends samples, the second sends its whole list. */
export function monitoredPartners(schedule?: object): string {
  const changes = { schedule, deadline: '5m', freshFor: '1h', providers: { maximumRejected: '50%' } };
  return partnersFile([
    ['noteworth', changes],
    ['whole', { ...changes, feed: 'snapshot', providers: { minimumCount: 1 } }],
  ]);
}

/** The entry of a receiver that gets nothing but what operators send. */
function receiving({ url, secret }: Receiver): string {
  return stringify({ webhooks: { pager: { url, secret, events: ['provider.erased'] } } });
}

export async function startMonitored(): Promise<Monitored> {
  const postgres = await startKillableServer('postgres');
  const scenario = await startScenario({ databaseUrl: postgres.url });
  // Every call succeeds that is not scripted otherwise.
  scenario.simulator.script('providers', []);
  const file = join(tmpdir(), `partners-${randomUUID()}.yaml`);
  const receiver = await startReceiver();
  await writeFile(file, monitoredPartners() + receiving(receiver));
  const [workerPort, apiPort] = [await unusedPort(), await unusedPort()];
  const token = randomUUID();
  const hash = createHash('sha256').update(token).digest('hex');
  const env = {
    ...scenario.env,
    PARTNERS_FILE: file,
    HTTP_PORT: String(apiPort),
    API_TOKENS: `viewer:${hash}`,
  };
  const gateway = await startTemporalGateway({ to: scenario.env.TEMPORAL_ADDRESS ?? '' });
  const startWorker = (changes: NodeJS.ProcessEnv = {}) => {
    const metrics = { PARTNERS_FILE: file, WORKER_METRICS_PORT: String(workerPort) };
    return scenario.startWorker(gateway.address, { ...metrics, ...changes });
  };
  const startApi = async (changes: NodeJS.ProcessEnv = {}) => {
    const api = startCommand(['api'], { ...env, ...changes });
    await api.says(/API ready/);
    return api;
  };
  let [worker, api] = [await startWorker(), await startApi()];
  await runCommand(['schedules', 'apply'], env);
  const targets = {
    worker: { job: 'provider-sync-worker', address: `127.0.0.1:${workerPort}` },
    api: { job: 'provider-sync-api', address: `127.0.0.1:${apiPort}`, token },
  };
  const start = (partner = 'noteworth') =>
    startSync(scenario.client, scenario.taskQueue, { partner, trigger: 'cli' });
  const sync = async (partner?: string) => {
    await watchSync(await start(partner), () => undefined);
  };
  await sync();
  await sync('whole');
  return {
    ...{ scenario, postgres, gateway, receiver, targets, start, sync },
    worker: () => worker,
    api: () => api,
    async startWorker(changes) {
      worker = await startWorker(changes);
    },
    async startApi(changes) {
      await api.end('SIGKILL');
      api = await startApi(changes);
    },
    record: (allowed) => new Recording(Object.values(targets), allowed),
    async end() {
      await api.end('SIGKILL');
      await removeSchedules(scenario.client, scenario.taskQueue);
      await scenario.end();
      gateway.close();
      await receiver.close();
      await postgres.end();
      await rm(file);
    },
  };
}
