import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import { createLogger } from '../../src/process/logger';
import type { PayloadKeys } from '../../src/process/payload-keys';
import { getRun } from '../../src/store/runs/read-runs';
import { startSync } from '../../src/temporal/runs/start-sync';
import { watchSync } from '../../src/temporal/runs/watch-sync';
import { type Engine, startEngine } from './engine';
import { testTemporalConfig } from './temporal-config';
import { createDatabaseToMigrate } from './test-database';

/** A record as the partner of these tests sends it. */
export interface SentPerson {
  readonly n: string;
  readonly f?: string;
  readonly s?: string;
  readonly t?: string | number;
  readonly role?: string;
}

/** A whole system whose partner sends what a test says, and whose partners.yaml a test can change. */
export async function startReplayedSystem() {
  const database = await createDatabaseToMigrate();
  const partner = await startPartner();
  const { payloadKeys } = testTemporalConfig();
  const entry = {
    baseUrl: partner.url,
    retryDelay: '1ms',
    maxBytes: 64 * 2 ** 20,
    providers: { path: '/list', records: 'list', maximumCount: 100_000, maximumRejected: '50%' },
    fields: { givenName: 'n', familyName: 'f', title: 't' },
    optional: ['title'],
    identity: ['n', 'f'],
    feed: 'sample',
  };
  const begin = (changes: object, keys: PayloadKeys = payloadKeys): Promise<Engine> => {
    const entries = { some: { ...entry, ...changes }, other: entry };
    return startEngine({
      databaseUrl: database.url,
      temporalAddress: process.env.TEST_TEMPORAL_ADDRESS ?? '',
      taskQueue: randomUUID(),
      partnersFile: stringify({ partners: entries }),
      log: createLogger('silent'),
      payloadKeys: keys,
    });
  };
  let engine = await begin({});

  async function run(replay?: string, name = 'some') {
    const { client, config, dataSource } = engine;
    const before = partner.calls;
    const handle = await startSync(client, config.taskQueue, { partner: name, trigger: 'cli', replay });
    const outcome = await watchSync(handle, () => undefined);
    const recorded = await getRun(dataSource, handle.workflowId);
    if (!recorded) throw new Error('The run was not recorded');
    return { outcome, run: recorded, calls: partner.calls - before };
  }

  return {
    get engine() {
      return engine;
    },
    databaseUrl: database.url,
    partner,
    /** Restarts the worker with this entry for the partner `some`. */
    async restart(changes: object, keys?: PayloadKeys) {
      await engine.stop();
      engine = await begin(changes, keys);
    },
    /** Syncs `some`, whose answer is this list, or these pages of lists. */
    async sync(...pages: readonly (readonly SentPerson[])[]) {
      partner.bodies = pages.map((list, index) =>
        JSON.stringify({ list, ...(index + 1 < pages.length && { next: `/list?page=${index + 2}` }) }),
      );
      return run();
    },
    replay: run,
    /** Every row of these tables, as text. */
    async dump(...tables: readonly string[]): Promise<string> {
      const rows = tables.map((table) =>
        engine.dataSource.query(`SELECT t::text AS row FROM ${table} t ORDER BY t::text`),
      );
      return JSON.stringify(await Promise.all(rows));
    },
    async titles(): Promise<Record<string, string | null>> {
      const rows: { name: string; title: string | null }[] = await engine.dataSource.query(
        'SELECT given_name AS name, title FROM providers ORDER BY given_name',
      );
      return Object.fromEntries(rows.map(({ name, title }) => [name, title]));
    },
    async stop() {
      await partner.close();
      await engine.stop();
      await database.drop();
    },
  };
}

async function startPartner() {
  const partner = { url: '', calls: 0, bodies: [''] as readonly string[], close: async () => undefined };
  const server = createServer((request, response) => {
    partner.calls += 1;
    const page = Number(new URL(request.url ?? '/', 'http://partner').searchParams.get('page') ?? 1);
    response.end(partner.bodies[page - 1]);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  partner.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  partner.close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    return undefined;
  };
  return partner;
}
