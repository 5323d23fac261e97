import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import type { TemporalConfig } from '../../../src/process/config';
import type { Logger } from '../../../src/process/logger';
import { Cleanup } from '../../../src/process/shutdown';
import { checksum } from '../../../src/simulator/partner';
import { seededRandom } from '../../../src/simulator/random';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator';
import { createDataSource } from '../../../src/store/data-source';
import { migrate } from '../../../src/store/migrate';
import { connectClient } from '../../../src/temporal/connection';
import { createDataConverter } from '../../../src/temporal/data-converter';
import { killCommands } from '../../support/command';
import { dumpTables } from '../../support/dump-tables';
import { type KillableServer, startKillableServer } from '../../support/killable-server';
import { partnersFile } from '../../support/partners';
import { type RawHistory, readRawHistory } from '../../support/raw-history';
import { attributeCalls, readBegunCalls } from './begun-calls';
import { checkDirectory } from './check-directory';
import { checkHistories } from './check-histories';
import { checkLeaks, type Traces } from './check-leaks';
import { checkCalls, checkEnds, readLedger, readRuns } from './check-runs';
import { keepTraces } from './keep-traces';
import { Lane } from './lane';
import { MemoryWatch } from './memory-watch';
import { createStrikes, keepStriking, THIEF_PATH } from './strikes';
import { fact, type Line, never } from './table';
import { persistently } from './temporal-patience';
import { WorkerSlot } from './worker-slot';

/** Longer than a good answer takes on a busy machine; silence lasts longer still. */
const DEADLINE = '1s';
const HANG_MS = 3_000;
const RETRY_DELAY = '100ms';
/** Strikes at a time, and the mean pause of each striker between two of them. */
const STRIKERS = 2;
const PAUSE_MS = 3_000;
/** How long the last runs may take once nobody strikes any more. */
const SETTLES_WITHIN_MS = 4 * 60_000;
const PROGRESS_EVERY_MS = 30_000;
const MORTAL_WORKERS = 2;
const TASK_QUEUE = 'soak';

export interface ChaosOptions {
  readonly runs: number;
  /** After these no run is started. */
  readonly minutes: number;
  readonly partners: number;
  readonly seed: number;
  readonly log: Logger;
  /** Where logs, tables and histories are left, if anywhere. */
  readonly keep: string | undefined;
  readonly tell: (progress: string) => void;
}

/**
 * Runs for several partners, each behind simulated faults at their true rates, while workers, Postgres,
 * Temporal and the ways to them are struck; then compares what is left everywhere with what was served.
 */
export async function soakInChaos(options: ChaosOptions): Promise<Line[]> {
  const cleanup = new Cleanup(options.log);
  try {
    const stage = await setUp(options, cleanup);
    const began = performance.now();
    const { strikes, memory, settled } = await soak(stage, options);
    const seconds = (performance.now() - began) / 1000;
    await Promise.all(stage.slots.map((slot) => slot.stop()));
    return [
      fact(
        'soaked',
        `${(seconds / 60).toFixed(1)} minutes (seed ${options.seed}, ${stage.lanes.length} partners)`,
      ),
      ...[...strikes].map(([name, count]) => fact(`  ${name}`, count)),
      ...(await check(stage, options.keep)),
      never(
        'workers that ended by themselves',
        stage.slots.reduce((sum, { crashes }) => sum + crashes, 0),
      ),
      never(
        'workers that did not stop when asked',
        stage.slots.reduce((sum, { refusals }) => sum + refusals, 0),
      ),
      fact('MB of the worker that was never killed, by thirds', memory.describe()),
      never('  grown from the second third to the last', memory.hasGrown() ? 1 : 0),
      never('soaks that did not come to an end', settled ? 0 : 1),
    ];
  } finally {
    await cleanup.run();
  }
}

interface Stage {
  readonly postgres: KillableServer;
  readonly temporal: KillableServer;
  readonly slots: readonly WorkerSlot[];
  readonly lanes: readonly Lane[];
  readonly tokens: readonly string[];
  readonly client: Client;
  readonly dataSource: DataSource;
  readonly config: TemporalConfig;
}

async function setUp({ partners, seed, log }: ChaosOptions, cleanup: Cleanup): Promise<Stage> {
  const [postgres, temporal] = await Promise.all([
    startKillableServer('postgres'),
    startKillableServer('temporal'),
  ]);
  cleanup.add('Postgres', () => postgres.end());
  cleanup.add('Temporal', () => temporal.end());
  const dataSource = await createDataSource({
    url: postgres.url,
    applicationName: 'soak',
    poolSize: 2,
    log,
  }).initialize();
  cleanup.add('connections', () => dataSource.destroy());
  await migrate(dataSource);

  const secret = createSecretKey(randomBytes(32));
  const config: TemporalConfig = {
    connection: { address: temporal.address },
    namespace: 'default',
    taskQueue: TASK_QUEUE,
    payloadKeys: [{ id: 'soak', secret }],
  };
  const client = await connectClient(config);
  cleanup.add('the client', () => client.connection.close());

  const tokens: string[] = [];
  const lanes: Lane[] = [];
  for (let number = 1; number <= partners; number++) {
    const simulator = await startSimulator({
      seed: seed + number,
      hangMs: HANG_MS,
      maxCallsKept: Number.MAX_SAFE_INTEGER,
      onToken: (token) => tokens.push(token),
    });
    cleanup.add('a partner', () => simulator.close());
    lanes.push(
      new Lane({
        partner: `partner-${number}`,
        feed: number % 2 === 0 ? 'snapshot' : 'sample',
        simulator,
        client,
        taskQueue: TASK_QUEUE,
        random: seededRandom(seed * 1_000 + number),
      }),
    );
  }
  const slots = await startWorkers(lanes, { postgres, config }, cleanup);
  return { postgres, temporal, slots, lanes, tokens, client, dataSource, config };
}

/** The last of them is the one that nobody kills. */
async function startWorkers(
  lanes: readonly Lane[],
  { postgres, config }: Pick<Stage, 'postgres' | 'config'>,
  cleanup: Cleanup,
): Promise<WorkerSlot[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'provider-sync-soak-'));
  cleanup.add('the data', () => rm(dataDir, { recursive: true, force: true }));
  const file = join(dataDir, 'partners.yaml');
  await writeFile(
    file,
    partnersFile(
      lanes.map(({ options: { partner, feed, simulator } }) => [
        partner,
        { baseUrl: simulator.url, deadline: DEADLINE, retryDelay: RETRY_DELAY, feed },
      ]),
    ),
  );
  const [{ id, secret }] = config.payloadKeys;
  const env = {
    DATA_DIR: dataDir,
    DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: config.connection.address,
    TASK_QUEUE,
    PAYLOAD_KEYS: `${id}:${secret.export().toString('base64')}`,
    PARTNERS_FILE: file,
    LOG_LEVEL: 'debug',
  };
  cleanup.add('workers', killCommands);
  const slots = Array.from(
    { length: MORTAL_WORKERS + 1 },
    (_, number) => new WorkerSlot(`worker ${number + 1}`, env),
  );
  await Promise.all(slots.map((slot) => slot.start()));
  return slots;
}

async function soak(
  { postgres, temporal, slots, lanes }: Stage,
  { runs, minutes, seed, tell }: ChaosOptions,
): Promise<{ strikes: ReadonlyMap<string, number>; memory: MemoryWatch; settled: boolean }> {
  const steady = slots.at(-1) as WorkerSlot;
  const partners: Simulator[] = lanes.map(({ options }) => options.simulator);
  const random = seededRandom(seed);
  const peace = new AbortController();
  const stopAt = Date.now() + minutes * 60_000;
  const started = () => lanes.reduce((sum, lane) => sum + lane.started.length, 0);
  const rounds = Promise.all(
    lanes.map(async (lane) => {
      while (started() < runs && Date.now() < stopAt) await lane.round();
    }),
  );
  const memory = new MemoryWatch(() => steady.pid);
  const progress = setInterval(() => tell(`${started()} of ${runs} runs started`), PROGRESS_EVERY_MS);
  try {
    const striking = keepStriking(
      createStrikes({ postgres, temporal, mortals: slots.slice(0, -1), steady, partners }, random),
      { random, pauseMs: PAUSE_MS, hands: STRIKERS, over: peace.signal },
    );
    await Promise.race([rounds, striking, sleep(stopAt - Date.now(), undefined, { ref: false })]);
    peace.abort();
    const strikes = await striking;
    tell('Nobody strikes any more; the last runs end');
    // Its one run takes over what an operator's victim still held.
    const ended = rounds.then(() => Promise.all(lanes.map((lane) => lane.lastRun())));
    const settled = await Promise.race([
      ended.then(() => true),
      sleep(SETTLES_WITHIN_MS, false, { ref: false }),
    ]);
    return { strikes, memory, settled };
  } finally {
    peace.abort();
    memory.stop();
    clearInterval(progress);
  }
}

/** Reads all that is left, everywhere, and holds it against what the partners served. */
async function check(stage: Stage, keep: string | undefined): Promise<Line[]> {
  const { client, dataSource, lanes, slots, tokens, config } = stage;
  const statuses = new Map<string, string>();
  const histories: RawHistory[] = [];
  for (const { workflowId } of lanes.flatMap(({ started }) => started)) {
    const { status } = await persistently(() => client.workflow.getHandle(workflowId).describe());
    statuses.set(workflowId, status.name);
    histories.push(await persistently(() => readRawHistory(client, { workflowId })));
  }
  const runs = await readRuns(dataSource);
  const workerLogs = slots.map(({ log }) => log);
  const begun = workerLogs.flatMap(readBegunCalls);
  const arrived = lanes.flatMap(({ options: { partner, simulator } }) =>
    attributeCalls(
      begun.filter((call) => call.partner === partner),
      simulator.calls.filter(({ path }) => path !== THIEF_PATH),
    ),
  );
  const served = lanes.map(({ options: { partner, feed }, started }) => ({
    partner,
    feed,
    people: new Map(started.map(({ workflowId, people }) => [workflowId, people])),
  }));
  const traces: Traces = {
    histories,
    descriptions: lanes.flatMap(({ descriptions }) => descriptions),
    workerLogs,
    tables: await dumpTables(dataSource),
    temporalDir: stage.temporal.dataDir,
    postgresDir: stage.postgres.dataDir,
  };
  if (keep !== undefined) await keepTraces(keep, traces);
  return [
    ...checkEnds(statuses, runs),
    ...checkCalls({ begun, arrived, ledger: await readLedger(dataSource) }, runs),
    ...(await checkDirectory(dataSource, served, runs)),
    ...checkHistories(histories),
    ...(await checkLeaks(traces, {
      tokens: tokens.flatMap((token) => [token, checksum(token, '/providers')]),
      keys: config.payloadKeys.map(({ secret }) => secret.export().toString('base64')),
      dataConverter: createDataConverter(config.payloadKeys),
    })),
  ];
}
