import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Logger } from '../../../../src/process/logger';
import { payloadKeysSchema } from '../../../../src/process/payload-keys';
import { connectClient } from '../../../../src/temporal/connection/connection';
import { startSync } from '../../../../src/temporal/runs/start-sync';
import { ManyPeople } from '../many-people';
import { timed } from '../measure';
import { type BenchStore, startTemporal, withStore } from '../servers';
import { LargeList } from './large-list';
import { type LargePartner, largePartnersFile, SMALL, startLargePartner } from './large-partner';
import { WatchedWorker } from './watched-worker';

const TASK_QUEUE = 'bench';
/** Syncs of a new worker before it is measured. */
const WARM_UP = 3;

/** Postgres, Temporal and a partner with large lists. Workers are processes of their own. */
export class LargeStage {
  private worker: WatchedWorker | null = null;

  private constructor(
    readonly store: BenchStore,
    readonly partner: LargePartner,
    private readonly client: Client,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static with<T>(log: Logger, use: (stage: LargeStage) => Promise<T>): Promise<T> {
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
      const client = await connectClient({
        connection: { address: env.TEMPORAL_ADDRESS },
        namespace: 'default',
        taskQueue: TASK_QUEUE,
        payloadKeys: payloadKeysSchema.parse(env.PAYLOAD_KEYS),
      });
      cleanup.add('the client', () => client.connection.close());
      const stage = new LargeStage(store, partner, client, env);
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
