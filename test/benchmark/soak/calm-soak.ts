import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { ENDPOINTS, type Endpoint } from '../../../src/contract/call';
import { startLocalPostgres } from '../../../src/local/postgres';
import { findTemporalCli } from '../../../src/local/temporal-binaries';
import { startLocalTemporal } from '../../../src/local/temporal-server';
import type { Logger } from '../../../src/process/logger';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { Cleanup } from '../../../src/process/shutdown';
import { seededRandom } from '../../../src/simulator/random';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator';
import { getRun } from '../../../src/store/runs/read-runs';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { watchSync } from '../../../src/temporal/runs/watch-sync';
import { type Engine, startEngine } from '../../support/engine';
import { partnersFile } from '../../support/partners';
import { drawPeople, identityOf, type Person } from './person';
import { fact, type Line, never } from './table';

const DEADLINE_MS = 250;
const HANG_MS = 1000;
/** People that the partners serve repeatedly. */
const REGULARS = 200;

/** The result of one run at the partner and in the table. */
interface Ended {
  readonly status: string;
  readonly reason: string | null;
  readonly isDefect: boolean;
  readonly calls: Record<Endpoint, number>;
  readonly ledgerAgrees: boolean;
  readonly shouldSucceed: boolean;
}

export interface CalmOptions {
  readonly runs: number;
  readonly partners: number;
  readonly seed: number;
  readonly log: Logger;
}

/**
 * Executes many runs against simulated partners at their true fault rates, with shorter silences, and returns a table
 * of the results. Broken promises: more than three calls to an endpoint, a run whose end does not match its answers, a
 * failure without a reason, a provider that is lost, duplicated or wrong.
 */
export async function soakInCalm({ runs, partners: count, seed, log }: CalmOptions): Promise<Line[]> {
  const cleanup = new Cleanup(log);
  try {
    const partners = await startPartners(count, seed, cleanup);
    const engine = await start(partners, log, cleanup);
    const started = performance.now();
    const soaked = await Promise.all(
      [...partners].map(([name, simulator], lane) =>
        soak(name, simulator, Math.ceil(runs / count), seed + lane, engine),
      ),
    );
    return report(soaked, (performance.now() - started) / 1000, seed);
  } finally {
    await cleanup.run();
  }
}

async function startPartners(count: number, seed: number, cleanup: Cleanup): Promise<Map<string, Simulator>> {
  const partners = new Map<string, Simulator>();
  for (let lane = 0; lane < count; lane++) {
    const simulator = await startSimulator({ seed: seed + lane, hangMs: HANG_MS });
    cleanup.add('a partner', () => simulator.close());
    partners.set(`partner-${lane + 1}`, simulator);
  }
  return partners;
}

async function start(partners: Map<string, Simulator>, log: Logger, cleanup: Cleanup): Promise<Engine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'provider-sync-soak-'));
  cleanup.add('the data', () => rm(dataDir, { recursive: true, force: true }));
  const { path } = await findTemporalCli({ cacheDir: join(PACKAGE_ROOT, '.provider-sync/bin'), log });
  const postgres = await startLocalPostgres({ dataDir, database: 'soak', log });
  cleanup.add('Postgres', () => postgres.stop());
  const temporal = await startLocalTemporal({ executable: path, dataDir, ui: false, log });
  cleanup.add('Temporal', () => temporal.stop());
  const engine = await startEngine({
    databaseUrl: postgres.url,
    temporalAddress: temporal.address,
    taskQueue: 'soak',
    partnersFile: partnersFile(
      [...partners].map(([name, { url }]) => [
        name,
        { baseUrl: url, deadline: `${DEADLINE_MS}ms`, retryDelay: '5ms' },
      ]),
    ),
    log,
  });
  cleanup.add('the worker', () => engine.stop());
  return engine;
}

interface Soaked {
  readonly ended: readonly Ended[];
  readonly served: number;
  readonly stored: number;
  readonly lost: number;
  readonly doubled: number;
  readonly wrong: number;
}

/** Executes one run after another for one partner. Each answer has ten other people, some with a new title. */
async function soak(
  name: string,
  simulator: Simulator,
  runs: number,
  seed: number,
  engine: Engine,
): Promise<Soaked> {
  const random = seededRandom(seed);
  const served = new Map<string, string>();
  const ended: Ended[] = [];
  for (let run = 0; run < runs; run++) {
    const people = drawPeople(name, run, REGULARS, random);
    simulator.reset();
    simulator.configure({ people: people.map((one) => ({ ...one })), recordsPerAnswer: 10 });
    const result = await runOnce(name, simulator, engine);
    ended.push(result);
    if (result.status === 'succeeded') for (const one of people) served.set(identityOf(one), one.title);
  }
  return { ended, ...(await compare(name, served, engine.dataSource)) };
}

async function runOnce(
  name: string,
  simulator: Simulator,
  { client, config, dataSource }: Engine,
): Promise<Ended> {
  const handle = await startSync(client, config.taskQueue, { partner: name, trigger: 'cli' });
  await watchSync(handle, () => undefined);
  const run = await getRun(dataSource, handle.workflowId);
  const count = (endpoint: Endpoint, good = false) =>
    simulator.calls.filter(
      (call) => call.endpoint === endpoint && (!good || (call.fault === 'none' && call.status === 200)),
    ).length;
  return {
    status: run?.status ?? 'missing',
    reason: run?.failure?.message ?? null,
    isDefect: run?.failure?.type === 'InternalError',
    calls: { auth: count('auth'), providers: count('providers') },
    ledgerAgrees: ENDPOINTS.every(
      (endpoint) => run?.calls.filter((call) => call.endpoint === endpoint).length === count(endpoint),
    ),
    shouldSucceed: count('auth', true) > 0 && count('providers', true) > 0,
  };
}

async function compare(name: string, served: Map<string, string>, dataSource: DataSource) {
  const rows = await dataSource.query<(Person & { copies: number })[]>(
    `SELECT given_name AS name_given, family_name AS name_family, clinic, min(title) AS title,
            count(*)::int AS copies
     FROM providers WHERE partner = $1 GROUP BY 1, 2, 3`,
    [name],
  );
  const stored = new Map(rows.map((row) => [identityOf(row), row.title]));
  return {
    served: served.size,
    stored: stored.size,
    lost: [...served.keys()].filter((key) => !stored.has(key)).length,
    doubled: rows.filter(({ copies }) => copies > 1).length,
    wrong: [...stored].filter(([key, title]) => served.get(key) !== title).length,
  };
}

function report(soaked: readonly Soaked[], seconds: number, seed: number): Line[] {
  const ended = soaked.flatMap((one) => one.ended);
  const sum = (pick: (one: Soaked) => number) => soaked.reduce((total, one) => total + pick(one), 0);
  const where = (test: (one: Ended) => boolean) => ended.filter(test).length;
  const most = (endpoint: Endpoint) => Math.max(...ended.map(({ calls }) => calls[endpoint]));
  const succeeded = where(({ status }) => status === 'succeeded');
  return [
    fact('runs', `${ended.length} (seed ${seed}, ${soaked.length} partners, ${seconds.toFixed(0)} s)`),
    fact('succeeded', `${succeeded} (${((100 * succeeded) / ended.length).toFixed(1)} %)`),
    fact(
      'failed',
      where(({ status }) => status === 'failed'),
    ),
    fact('most calls to /auth in a run', most('auth')),
    fact('most calls to /providers in a run', most('providers')),
    fact(
      'providers served',
      sum(({ served }) => served),
    ),
    fact(
      'providers stored',
      sum(({ stored }) => stored),
    ),
    never(
      'more than 3 calls to an endpoint',
      where(({ calls }) => calls.auth > 3 || calls.providers > 3),
    ),
    never(
      'ended otherwise than its answers',
      where(({ status, shouldSucceed }) => (status === 'succeeded') !== shouldSucceed),
    ),
    never(
      'neither succeeded nor failed',
      where(({ status }) => status !== 'succeeded' && status !== 'failed'),
    ),
    never(
      'failed without a reason',
      where(({ status, reason }) => status === 'failed' && !reason),
    ),
    never(
      'failed as InternalError',
      where(({ isDefect }) => isDefect),
    ),
    never(
      'ledger unlike the partner’s count',
      where(({ ledgerAgrees }) => !ledgerAgrees),
    ),
    never(
      'providers lost',
      sum(({ lost }) => lost),
    ),
    never(
      'providers doubled',
      sum(({ doubled }) => doubled),
    ),
    never(
      'providers wrong',
      sum(({ wrong }) => wrong),
    ),
  ];
}
