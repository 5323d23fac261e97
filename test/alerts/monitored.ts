import { createHash, randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSync } from '../../src/temporal/runs/start-sync';
import { watchSync } from '../../src/temporal/runs/watch-sync';
import { type RunningCommand, runCommand, startCommand } from '../support/command';
import { type KillableServer, startKillableServer } from '../support/killable-server';
import { partnersFile } from '../support/partners';
import { type Scenario, startScenario } from '../support/scenario';
import { removeSchedules } from '../support/schedules';
import { unusedPort } from '../support/unused-port';
import { type Prometheus, startPrometheus } from './prometheus';

/** A worker, an API and a Postgres that can be killed, watched by a real Prometheus. */
export interface Monitored {
  readonly scenario: Scenario;
  readonly postgres: KillableServer;
  readonly prometheus: Prometheus;
  readonly worker: RunningCommand;
  readonly api: RunningCommand;
  /** Runs a sync of the partner to its end. */
  sync(partner?: string): Promise<void>;
  end(): Promise<void>;
}

/** How long a successful run keeps the partners of the test fresh. */
const FRESH_FOR = '10s';

/** Two partners at one simulator: the first sends samples, the second sends its whole list. */
function partners(): string {
  const changes = { schedule: undefined, freshFor: FRESH_FOR, providers: { maximumRejected: '50%' } };
  return partnersFile([
    ['noteworth', changes],
    ['whole', { ...changes, freshFor: '1h', feed: 'snapshot', providers: { minimumCount: 1 } }],
  ]);
}

export async function startMonitored(): Promise<Monitored> {
  const postgres = await startKillableServer('postgres');
  const scenario = await startScenario({ databaseUrl: postgres.url });
  const file = join(tmpdir(), `partners-${randomUUID()}.yaml`);
  await writeFile(file, partners());
  const [workerPort, apiPort] = [await unusedPort(), await unusedPort()];
  const token = randomUUID();
  const hash = createHash('sha256').update(token).digest('hex');
  const worker = await scenario.startWorker(undefined, {
    PARTNERS_FILE: file,
    WORKER_METRICS_PORT: String(workerPort),
  });
  const api = startCommand(['api'], {
    ...scenario.env,
    PARTNERS_FILE: file,
    HTTP_PORT: String(apiPort),
    API_TOKENS: `viewer:${hash}`,
  });
  await api.says(/API ready/);
  await runCommand(['schedules', 'apply'], { ...scenario.env, PARTNERS_FILE: file });
  const prometheus = await startPrometheus({
    api: `127.0.0.1:${apiPort}`,
    workers: [`127.0.0.1:${workerPort}`],
    token,
  });
  return {
    ...{ scenario, postgres, prometheus, worker, api },
    async sync(partner = 'noteworth') {
      const handle = await startSync(scenario.client, scenario.taskQueue, { partner, trigger: 'cli' });
      await watchSync(handle, () => undefined);
    },
    async end() {
      await prometheus.end();
      await api.end('SIGKILL');
      await removeSchedules(scenario.client, scenario.taskQueue);
      await scenario.end();
      await postgres.end();
      await rm(file);
    },
  };
}
