import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import type { TemporalConfig } from '../../src/process/config';
import type { RetentionConfig } from '../../src/process/config/retention-config';
import type { Logger } from '../../src/process/logger';
import type { PayloadKeys } from '../../src/process/payload-keys';
import { Cleanup } from '../../src/process/shutdown';
import { migrate } from '../../src/store/migrate/migrate';
import { runWorker } from '../../src/worker/run-worker';
import { connectTestClient } from './connect-test-client';
import { installRuntimeOnce } from './install-runtime-once';
import { patientDataSource } from './patient-data-source';
import { testTemporalConfig } from './temporal-config';

export interface EngineOptions {
  readonly databaseUrl: string;
  /** The URL with which the worker connects after the migration; the same by default. */
  readonly workerDatabaseUrl?: string;
  readonly temporalAddress: string;
  readonly taskQueue: string;
  /** New ones by default. */
  readonly payloadKeys?: PayloadKeys;
  /** By default, everything is kept. */
  readonly retention?: RetentionConfig;
  /** The content of partners.yaml. */
  readonly partnersFile: string;
  readonly log: Logger;
}

/** A worker that removes no history. */
export const KEEP_ALL: RetentionConfig = { calls: Infinity, rawRecords: Infinity, runs: Infinity };

/** A worker as the command runs it, with a client and a connection to inspect its work. */
export interface Engine {
  readonly client: Client;
  /** A client on the worker's own connection, with which `npm start` starts runs. */
  readonly starter: Client;
  readonly config: TemporalConfig;
  readonly dataSource: DataSource;
  stop(): Promise<void>;
}

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { databaseUrl, log } = options;
  installRuntimeOnce(log);
  const cleanup = new Cleanup(log);
  const partnersFile = join(tmpdir(), `partners-${options.taskQueue}.yaml`);
  await writeFile(partnersFile, options.partnersFile);
  cleanup.add('the partners file', () => rm(partnersFile));

  const dataSource = await patientDataSource({
    url: databaseUrl,
    applicationName: 'test',
    poolSize: 5,
    log,
  }).initialize();
  cleanup.add('connections', () => dataSource.destroy());
  await migrate(dataSource);

  const temporal = testTemporalConfig({
    connection: { address: options.temporalAddress },
    taskQueue: options.taskQueue,
    ...(options.payloadKeys && { payloadKeys: options.payloadKeys }),
  });
  const client = await connectTestClient(temporal);
  cleanup.add('the client', () => client.connection.close());

  const retention = options.retention ?? KEEP_ALL;
  const worker = { maxConcurrentSyncs: 16, version: null, metricsAddress: null, retention };
  const config = {
    databaseUrl: options.workerDatabaseUrl ?? databaseUrl,
    temporal,
    worker,
    partnersFile,
    tracing: { isOn: false, urlTemplate: null },
    env: {},
    logLevel: 'info',
    dataDir: '',
  } as const;
  const { starter } = await runWorker(config, log, cleanup, new Promise(() => undefined));
  return { client, starter, config: temporal, dataSource, stop: () => cleanup.run() };
}
