import { Client } from 'pg';
import type { CheckedProvider, Feed } from '../../../src/contract/answer';
import { saveSync } from '../../../src/store/save/save-sync';
import { answer, openedRun, provider, sync, useStore } from '../../support/store-fixtures';
import { saveInput, storedRows } from '../../support/stored-rows';

describe('saveSync', () => {
  const store = useStore();
  afterEach(() => jest.restoreAllMocks());
  const { count } = storedRows(store);

  describe('of many records', () => {
    const MANY = 10_000;
    const records = (length: number) => Array.from({ length }, (_, index) => provider(`p${index}`));

    /** The number of statements that the work sends to Postgres, including COPY. */
    async function statements(work: () => Promise<unknown>): Promise<number> {
      const query = jest.spyOn(Client.prototype, 'query');
      await work();
      const { length } = query.mock.calls;
      query.mockRestore();
      return length;
    }

    it.each<Feed>(['sample', 'snapshot'])(
      'needs as many statements as a %s of a thousand records',
      async (feed) => {
        const thousand = await statements(() => sync(store.dataSource, feed, records(1_000)));
        await store.clear();

        const many = records(MANY);
        expect(
          await statements(async () => {
            const { counts } = await sync(store.dataSource, feed, many);
            expect(counts).toMatchObject({ inserted: MANY, updated: 0, unchanged: 0 });
          }),
        ).toBe(thousand);
        expect(
          await statements(async () => {
            const { counts } = await sync(store.dataSource, feed, many);
            expect(counts).toMatchObject({ inserted: 0, updated: 0, unchanged: MANY });
          }),
        ).toBe(thousand);
        const some = many.map((record, index) => (index % 100 === 0 ? { ...record, title: 'NP' } : record));
        expect(
          await statements(async () => {
            const { counts } = await sync(store.dataSource, feed, some);
            expect(counts).toMatchObject({ inserted: 0, updated: MANY / 100, unchanged: MANY - MANY / 100 });
          }),
        ).toBe(thousand);
        expect(await count('provider_changes')).toBe(MANY / 100);
      },
    );

    it('holds only a few records in memory at a time', async () => {
      const runId = await openedRun(store.dataSource);
      let produced = 0;
      function* source(): Generator<CheckedProvider> {
        for (; produced < 80_000; produced += 1) {
          yield provider('p', { identityKey: produced.toString(16).padStart(64, '0') });
        }
      }
      const before = process.memoryUsage().arrayBuffers;
      let most = 0;
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage().arrayBuffers);
      }, 5);
      const { inserted } = await saveSync(
        store.dataSource,
        saveInput(runId, { answer: { ...answer([]), providers: { [Symbol.iterator]: source } } }),
      );
      clearInterval(watch);
      expect(inserted).toBe(80_000);
      expect(most - before).toBeLessThan(4 * 2 ** 20);
    });
  });
});
