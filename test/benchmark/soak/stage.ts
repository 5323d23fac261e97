import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { stringify } from 'yaml';
import type { TemporalConfig } from '../../../src/process/config';
import type { Logger } from '../../../src/process/logger';
import type { Cleanup } from '../../../src/process/shutdown';
import { seededRandom } from '../../../src/simulator/random';
import { startSimulator } from '../../../src/simulator/simulator';
import { migrate } from '../../../src/store/migrate/migrate';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { connectClient } from '../../../src/temporal/connection/connection';
import { killCommands } from '../../support/command';
import { type KillableServer, startKillableServer } from '../../support/killable-server';
import { type Receiver, type ReceiverAnswer, startReceiver } from '../../support/receiver';
import { ERASING_PARTNER, Erasure, SUBJECT } from './erasure';
import { Lane } from './lane';
import { lanePartner, noteworthPartner } from './lane-partner';
import { WorkerSlot } from './worker-slot';

/** Longer than the deadline of a partner with small answers. */
const HANG_MS = 3_000;
/** So that the runs with several pages continue as new Temporal runs. A page makes six events. */
const CONTINUE_EARLY = 'limit.historyCount.suggestContinueAsNew=25';
const RETRY_DELAY = '100ms';
const MORTAL_WORKERS = 2;
const TASK_QUEUE = 'soak';

/** The parts of a soak in chaos. */
export interface Stage {
  readonly postgres: KillableServer;
  readonly temporal: KillableServer;
  /** Workers that may be ended. */
  readonly mortals: readonly WorkerSlot[];
  /** A worker that is never ended during the soak. */
  readonly steady: WorkerSlot;
  /** With the one of the {@link Erasure}. */
  readonly lanes: readonly Lane[];
  readonly erasure: Erasure;
  /** Gets webhooks about all partners, and often fails. */
  readonly receiver: Receiver;
  /** All tokens that a partner has created. */
  readonly tokens: readonly string[];
  readonly client: Client;
  readonly dataSource: DataSource;
  readonly config: TemporalConfig;
}

interface StageOptions {
  readonly partners: number;
  readonly seed: number;
  readonly log: Logger;
}

/** Starts all parts. `cleanup` ends them. */
export async function setUpStage({ partners, seed, log }: StageOptions, cleanup: Cleanup): Promise<Stage> {
  const startServer = (kind: 'postgres' | 'temporal') =>
    cleanup.acquire(
      kind,
      () => startKillableServer(kind, kind === 'temporal' ? [CONTINUE_EARLY] : []),
      (server) => server.end(),
    );
  const [postgres, temporal] = await Promise.all([startServer('postgres'), startServer('temporal')]);
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
  // Not closed: after a failed soak, running calls are repeated, and the SDK throws on a closed connection.
  const client = await connectClient(config);

  const tokens: string[] = [];
  const laneOf = async (number: number, partnerOf: typeof lanePartner) => {
    const simulator = await startSimulator({
      seed: seed + number,
      hangMs: HANG_MS,
      maxCallsKept: Number.MAX_SAFE_INTEGER,
      onToken: (token) => tokens.push(token),
    });
    cleanup.add('a partner', () => simulator.close());
    const random = seededRandom(seed * 1_000 + number);
    return new Lane({ partner: partnerOf(number, simulator, random), client, taskQueue: TASK_QUEUE, random });
  };
  const lanes: Lane[] = [];
  for (let number = 1; number <= partners; number++) lanes.push(await laneOf(number, lanePartner));
  const erasing = await laneOf(partners + 1, (_number, simulator, random) =>
    noteworthPartner(ERASING_PARTNER, 'sample', simulator, random, [SUBJECT]),
  );
  lanes.push(erasing);
  const erasure = new Erasure(erasing, { client, dataSource, taskQueue: TASK_QUEUE });
  const receiver = await cleanup.acquire(
    'the receiver of webhooks',
    () => startReceiver(),
    (started) => started.close(),
  );
  const mood = seededRandom(seed);
  receiver.answer = () => awkwardAnswer(mood());
  const workers = await startWorkers(lanes, { postgres, config, receiver }, cleanup);
  return { postgres, temporal, ...workers, lanes, erasure, receiver, tokens, client, dataSource, config };
}

/** In 30 of 100 requests, the receiver fails, breaks the connection or is silent. */
function awkwardAnswer(random: number): ReceiverAnswer {
  if (random < 0.15) return 500;
  if (random < 0.27) return 'die';
  return random < 0.3 ? 'hang' : 204;
}

async function startWorkers(
  lanes: readonly Lane[],
  { postgres, config, receiver }: Pick<Stage, 'postgres' | 'config' | 'receiver'>,
  cleanup: Cleanup,
): Promise<Pick<Stage, 'mortals' | 'steady'>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'provider-sync-soak-'));
  cleanup.add('the data', () => rm(dataDir, { recursive: true, force: true }));
  const file = join(dataDir, 'partners.yaml');
  const entries = lanes.map(({ options: { partner } }) => [
    partner.name,
    { ...partner.entry, retryDelay: RETRY_DELAY },
  ]);
  const { url, secret: signing } = receiver;
  const webhooks = { receiver: { url, secret: signing } };
  await writeFile(file, stringify({ partners: Object.fromEntries(entries), webhooks }));
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
  const steady = new WorkerSlot('worker 1', env);
  const mortals = Array.from(
    { length: MORTAL_WORKERS },
    (_, number) => new WorkerSlot(`worker ${number + 2}`, env),
  );
  await Promise.all([steady, ...mortals].map((slot) => slot.start()));
  return { mortals, steady };
}
