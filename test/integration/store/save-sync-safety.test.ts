import type { CheckedProvider } from '../../../src/contract/answer';
import { classifyStoreError, RunSupersededError } from '../../../src/store/postgres/store-failure';
import { closeRun } from '../../../src/store/runs/close-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { type SaveSyncInput, saveSync } from '../../../src/store/save/save-sync';
import { answer, call, openedRun, provider, sync, useStore } from '../../support/store-fixtures';
import { saveInput, storedRows } from '../../support/stored-rows';

describe('saveSync', () => {
  const store = useStore();
  const { changes, count, directory, versions } = storedRows(store);

  describe('executed twice', () => {
    it('changes nothing the second time, and returns the first counts', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const runId = await openedRun(store.dataSource);
      const save = saveInput(runId, {
        feed: 'snapshot',
        answer: answer([provider('a', { title: 'NP' }), provider('c')], { received: 3, duplicates: 1 }),
        calls: [call()],
      });
      const first = await saveSync(store.dataSource, save);
      const rows = await versions();
      const history = await changes();
      expect(await saveSync(store.dataSource, save)).toEqual(first);
      expect(first).toEqual({
        received: 3,
        inserted: 1,
        updated: 1,
        unchanged: 0,
        duplicates: 1,
        rejected: 0,
        departed: 1,
      });
      expect(await versions()).toEqual(rows);
      expect(await changes()).toEqual(history);
    });

    it('stores once if all executions run at the same time', async () => {
      const runId = await openedRun(store.dataSource);
      const save = saveInput(runId, { answer: answer([provider('a'), provider('b')]), calls: [call()] });
      const [first, ...others] = await Promise.all([1, 2, 3].map(() => saveSync(store.dataSource, save)));
      expect(first).toMatchObject({ inserted: 2 });
      expect(others).toEqual([first, first]);
      expect(await count('providers')).toBe(2);
      expect(await count('partner_calls')).toBe(1);
    });

    it('stores nothing for a run that has ended in another way', async () => {
      const runId = await openedRun(store.dataSource);
      const failure = { type: 'Cancelled', message: 'Cancelled.' } as const;
      await closeRun(store.dataSource, { runId, status: 'cancelled', failure, calls: [] });
      const save = saveSync(store.dataSource, saveInput(runId, { answer: answer([provider('a')]) }));
      await expect(save).rejects.toThrow(RunSupersededError);
      expect(await count('providers')).toBe(0);
    });

    it('stores nothing for a run that the database does not know', async () => {
      const save = saveSync(store.dataSource, saveInput('00000000-0000-4000-8000-000000000000'));
      await expect(save).rejects.toThrow(RunSupersededError);
    });
  });

  describe('that fails halfway', () => {
    const twice = [provider('b'), provider('b')];
    const rejectedTwice = [
      { position: 0, reason: 'NotAnObject', field: null, raw: '1' },
      { position: 0, reason: 'NotAnObject', field: null, raw: '2' },
    ] as const;
    function* breaking(): Generator<CheckedProvider> {
      for (let index = 0; index < 5_000; index += 1) yield provider(`p${index}`);
      throw new TypeError('the source broke');
    }

    it.each<[string, SaveSyncInput['answer'], string | null]>([
      ['while it stages', answer([provider('b', { identityKey: 'no hex' })]), 'StoreRejected'],
      ['while its records are read', { ...answer([]), providers: { [Symbol.iterator]: breaking } }, null],
      ['while it merges', answer(twice), 'StoreRejected'],
      ['at its last statement', answer([provider('b')], { rejected: rejectedTwice }), 'StoreRejected'],
    ])('leaves no data %s, and leaves a connection that works', async (_, broken, type) => {
      await sync(store.dataSource, 'snapshot', [provider('a')]);
      const before = await directory();
      const runId = await openedRun(store.dataSource);
      const save = saveSync(
        store.dataSource,
        saveInput(runId, { feed: 'snapshot', answer: broken, calls: [call()] }),
      );
      const error = await save.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(classifyStoreError(error)?.type ?? null).toBe(type);
      expect(await directory()).toEqual(before);
      expect(await changes()).toEqual([]);
      expect(await count('partner_calls')).toBe(0);
      expect((await getRun(store.dataSource, runId))?.status).toBe('running');

      const counts = await saveSync(
        store.dataSource,
        saveInput(runId, { feed: 'snapshot', answer: answer([provider('a'), provider('b')]) }),
      );
      expect(counts).toMatchObject({ inserted: 1, unchanged: 1 });
    });
  });
});
