import type { Client, Pool } from 'pg';
import type { CheckedProvider } from '../../../src/contract/answer';
import { endWhenSilentFor } from '../../../src/store/postgres/connection-guards';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { openSnapshot } from '../../../src/store/postgres/snapshot';
import { classifyStoreError } from '../../../src/store/postgres/store-failure';
import { inTransaction } from '../../../src/store/postgres/transaction';
import { saveSync } from '../../../src/store/save/save-sync';
import { MIGRATIONS } from '../../../src/store/schema/migrations';
import { until } from '../../support/scenario';
import { answer, openedRun, openTestStore, provider, type TestStore } from '../../support/store-fixtures';
import { saveInput } from '../../support/stored-rows';

const unavailable = expect.objectContaining({ type: 'StoreUnavailable' });

describe('the connection to Postgres', () => {
  let store: TestStore;

  beforeEach(async () => {
    store = await openTestStore(1);
  });
  afterEach(() => store.close());

  /** Ends the store's connections from outside, as a restart of Postgres does. */
  async function terminate(query: string): Promise<number> {
    const other = createDataSource({ url: store.url, applicationName: 'other', poolSize: 1 });
    await other.initialize();
    const ended: unknown[] = await other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'test' AND query LIKE $1`,
      [query],
    );
    await other.destroy();
    return ended.length;
  }

  async function failureOf(work: Promise<unknown>) {
    return classifyStoreError(await work.catch((error: unknown) => error));
  }

  it('is replaced if it is lost while idle', async () => {
    await store.dataSource.query('SELECT 1');
    expect(await terminate('%')).toBe(1);
    const pool = Reflect.get(store.dataSource.driver, 'master') as Pool;
    await until(() => pool.totalCount === 0);
    expect(await store.dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is replaced if it is lost between two reads of a snapshot, whose next read says so', async () => {
    const snapshot = await openSnapshot(store.dataSource);
    const read = () => snapshot.read((reader) => reader.query('SELECT 1'));
    await read();
    expect(await terminate('%')).toBe(1);
    const pool = Reflect.get(store.dataSource.driver, 'master') as Pool;
    await until(() => pool.totalCount === 0);
    expect(await failureOf(read())).toEqual(unavailable);
    await snapshot.close();
    expect(await store.dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is replaced if it is lost during a save', async () => {
    const runId = await openedRun(store.dataSource);
    function* endless(): Generator<CheckedProvider> {
      for (let index = 0; ; index += 1) {
        yield provider('p', { identityKey: index.toString(16).padStart(64, '0') });
      }
    }
    const save = { runId, partner: 'noteworth', feed: 'sample', calls: [] } as const;
    const failure = failureOf(
      saveSync(store.dataSource, {
        ...save,
        answer: { ...answer([]), providers: { [Symbol.iterator]: endless } },
      }),
    );
    while ((await terminate('COPY%')) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await failure).toEqual(unavailable);
    const counts = await saveSync(store.dataSource, { ...save, answer: answer([provider('a')]) });
    expect(counts).toMatchObject({ inserted: 1 });
  });

  it('is closed if Postgres stays silent', async () => {
    const hanging = inTransaction(store.dataSource, 60_000, async ({ runner, client }) => {
      endWhenSilentFor(client, 100);
      await runner.query('SELECT pg_sleep(60)');
    });
    expect(await failureOf(hanging)).toEqual(unavailable);
    expect(await store.dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is replaced if even the rollback gets no answer', async () => {
    let first: Client | undefined;
    const work = inTransaction(store.dataSource, 60_000, async ({ client }) => {
      first = client;
      // The work ends before its statement. The rollback then waits for an answer that never arrives.
      client.query('SELECT pg_sleep(60)').catch(() => undefined);
      setTimeout(() => client.connection.stream.destroy(), 100);
      throw new TypeError('a defect');
    });
    await expect(work).rejects.toThrow(TypeError);
    await inTransaction(store.dataSource, 60_000, async ({ client }) => {
      expect(client).not.toBe(first);
    });
  });

  it('is replaced if its server has become read-only', async () => {
    await store.dataSource.query('SET default_transaction_read_only = on');
    expect(await failureOf(openedRun(store.dataSource))).toEqual(unavailable);
    await openedRun(store.dataSource);
    await store.dataSource.query('SET default_transaction_read_only = on');
    const save = inTransaction(store.dataSource, 60_000, ({ runner }) =>
      runner.query('DELETE FROM sync_runs'),
    );
    expect(await failureOf(save)).toEqual(unavailable);
    await store.clear();
  });

  it('is replaced if a migration has changed what a statement returns', async () => {
    const save = async () => saveSync(store.dataSource, saveInput(await openedRun(store.dataSource)));
    await save();
    await store.dataSource.query('ALTER TABLE sync_runs ALTER approval_departing TYPE bigint');
    const runId = await openedRun(store.dataSource);
    expect(await failureOf(saveSync(store.dataSource, saveInput(runId)))).toEqual(unavailable);
    expect(await saveSync(store.dataSource, saveInput(runId))).toMatchObject({ inserted: 0 });
  });

  it('limits the time of a statement', async () => {
    const slow = inTransaction(store.dataSource, 100, ({ runner }) => runner.query('SELECT pg_sleep(60)'));
    expect(await failureOf(slow)).toEqual(unavailable);
  });

  it('limits the wait for a free connection', async () => {
    const waiting = inTransaction(store.dataSource, 60_000, async () =>
      failureOf(store.dataSource.query('SELECT 1')),
    );
    expect(await waiting).toEqual(unavailable);
  });

  it('reports what is missing if there are no tables', async () => {
    for (const _ of MIGRATIONS) await store.dataSource.undoLastMigration();
    expect(await failureOf(openedRun(store.dataSource))).toEqual({
      type: 'StoreUnavailable',
      message: expect.stringContaining('provider-sync migrate'),
    });
  });

  it.each([
    ['no server', 'postgres://postgres@127.0.0.1:1/none'],
    ['no such host', 'postgres://postgres@no-such-host.invalid/none'],
  ])('fails with a name when there is %s', async (_, url) => {
    const dataSource = createDataSource({ url, applicationName: 'test', poolSize: 1 });
    expect(await failureOf(dataSource.initialize())).toEqual(unavailable);
  });
});
