import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { TemporalConfig } from '../../../../src/process/config';
import type { Logger } from '../../../../src/process/logger';
import { payloadKeysSchema } from '../../../../src/process/payload-keys';
import { connectClient } from '../../../../src/temporal/connection/connection';
import { startSync } from '../../../../src/temporal/runs/start-sync';
import { installTemporalRuntime } from '../../../../src/worker/worker';
import { startEmptyWorker } from '../empty-worker';
import type { emptyPages } from '../empty-workflow';
import { ManyPeople } from '../many-people';
import { timed } from '../measure';
import { type BenchStore, startTemporal, withStore } from '../servers';
import { LargeList, PAGE_RECORDS } from './large-list';
import { type LargePartner, largePartnersFile, SMALL, startLargePartner } from './large-partner';
import { WatchedWorker } from './watched-worker';

const TASK_QUEUE = 'bench';
/** Syncs of a new worker before it is measured. */
const WARM_UP = 3;

/** Postgres, Temporal and a partner with large lists. Workers are processes of their own. */
export class LargeStage {
  private worker: WatchedWorker | null = null;
  private emptyWorker: ReturnType<typeof startEmptyWorker> | null = null;

  private constructor(
    readonly store: BenchStore,
    readonly partner: LargePartner,
    private readonly client: Client,
    private readonly config: TemporalConfig,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static with<T>(log: Logger, use: (stage: LargeStage) => Promise<T>): Promise<T> {
    installTemporalRuntime(log);
    return withStore(log, 1, async (store) => {
      const { cleanup, dataDir, dataSource } = store;
      // Autovacuum would start during one side or the other. Every table is vacuumed between the measurements instead.
      await dataSource.query('ALTER SYSTEM SET autovacuum = off');
      await dataSource.query('SELECT pg_reload_conf()');
      const partner = await cleanup.acquire('the partner', startLargePartner, (started) => started.close());
      const PARTNERS_FILE = join(dataDir, 'partners.yaml');
      await writeFile(PARTNERS_FILE, largePartnersFile(partner));
      const env = {
        DATA_DIR: dataDir,
        DATABASE_URL: store.url,
        TEMPORAL_ADDRESS: await startTemporal(store, log),
        TASK_QUEUE,
        PAYLOAD_KEYS: `bench:${randomBytes(32).toString('base64')}`,
        PARTNERS_FILE,
      };
      const config = {
        connection: { address: env.TEMPORAL_ADDRESS },
        namespace: 'default',
        taskQueue: TASK_QUEUE,
        payloadKeys: payloadKeysSchema.parse(env.PAYLOAD_KEYS),
      };
      const client = await connectClient(config);
      cleanup.add('the client', () => client.connection.close());
      const stage = new LargeStage(store, partner, client, config, env);
      cleanup.add('the worker', async () => stage.worker?.stop());
      return use(stage);
    });
  }

  /** The lists 0 and 1 of this many people; see {@link ManyPeople.list}. */
  async createLists(size: number): Promise<readonly [LargeList, LargeList]> {
    const people = new ManyPeople(size);
    const { dataDir } = this.store;
    return [await LargeList.create(dataDir, people, 0), await LargeList.create(dataDir, people, 1)];
  }

  /** Starts a worker in place of the last one, and lets it do small syncs first. */
  async renewWorker(): Promise<WatchedWorker> {
    await this.worker?.stop();
    const worker = new WatchedWorker(this.env);
    this.worker = worker;
    for (let number = 0; number < WARM_UP; number += 1) await this.sync(SMALL);
    return worker;
  }

  /** The duration of a workflow with as many empty activities as a list of this size has pages. */
  async runEmptyPages(size: number): Promise<number> {
    this.emptyWorker ??= startEmptyWorker(this.config, 1, this.store.cleanup);
    const { taskQueue } = await this.emptyWorker;
    const pages = Math.ceil(size / PAGE_RECORDS);
    const options = { taskQueue, workflowId: `empty-${randomUUID()}`, args: [pages] as [number] };
    return timed(() => this.client.workflow.execute<typeof emptyPages>('emptyPages', options));
  }

  /** The duration of a whole sync of this partner, from the request to its result. */
  sync(partner: string): Promise<number> {
    return timed(async () => {
      const handle = await startSync(this.client, TASK_QUEUE, { partner, trigger: 'cli' });
      const result = handle.result();
      const { status } = await (this.worker ? Promise.race([result, this.worker.lost]) : result);
      if (status !== 'succeeded') throw new Error(`A run of ${partner} was ${status}`);
    });
  }
}
