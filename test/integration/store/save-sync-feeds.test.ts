import { closeRun } from '../../../src/store/runs/close-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { saveSync } from '../../../src/store/save/save-sync';
import { answer, openedRun, provider, sync, useStore } from '../../support/store-fixtures';
import { saveInput, storedRows } from '../../support/stored-rows';

describe('saveSync', () => {
  const store = useStore();
  const { changes, find, finishedAt, versions } = storedRows(store);

  describe('for a sample', () => {
    it('keeps absent people as they were, and records when the others were seen', async () => {
      await sync(store.dataSource, 'sample', [provider('a'), provider('b')]);
      const before = { a: await find('a'), b: await find('b') };
      const { counts } = await sync(store.dataSource, 'sample', [provider('a'), provider('c')]);
      expect(counts).toMatchObject({ inserted: 1, updated: 0, unchanged: 1, departed: 0 });
      expect(await find('b')).toEqual(before.b);
      const a = await find('a');
      expect(a).toEqual({ ...before.a, lastSeenAt: expect.any(String) });
      expect(Date.parse(a?.lastSeenAt ?? '')).toBeGreaterThan(Date.parse(before.a?.lastSeenAt ?? ''));
      expect(await changes()).toEqual([]);
    });
  });

  describe('for a snapshot', () => {
    it('does not write the row of an unchanged provider, who was last seen by the last successful run', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const rows = await versions();
      const { runId, counts } = await sync(store.dataSource, 'snapshot', [provider('b'), provider('a')]);
      expect(counts).toMatchObject({ inserted: 0, updated: 0, unchanged: 2, departed: 0 });
      expect(await versions()).toEqual(rows);
      expect((await find('a'))?.lastSeenAt).toBe(await finishedAt(runId));
    });

    /** Saves a snapshot with `a` and one rejected record. */
    const saveRejecting = async (identityKey: string | null) => {
      const runId = await openedRun(store.dataSource);
      const rejected = [
        { position: 1, reason: 'NullField', field: 'title', raw: '{}', identityKey } as const,
      ];
      const counts = await saveSync(
        store.dataSource,
        saveInput(runId, { feed: 'snapshot', answer: answer([provider('a')], { received: 2, rejected }) }),
      );
      return { counts, remarks: (await getRun(store.dataSource, runId))?.remarks };
    };

    it('marks no one as left while a rejected record may be about anyone, and remarks how many stay', async () => {
      const first = await sync(store.dataSource, 'snapshot', [provider('a'), provider('b'), provider('c')]);
      const { counts, remarks } = await saveRejecting(null);
      expect(counts).toMatchObject({ unchanged: 1, rejected: 1, departed: 0 });
      const message = "2 people are missing from the partner's list, but are not marked as left.";
      expect(remarks).toEqual([{ type: 'AbsentSpared', field: null, count: 2, message }]);
      expect(await changes()).toEqual([]);
      expect(await find('b')).toMatchObject({ listed: true, lastSeenAt: await finishedAt(first.runId) });

      const rows = await versions();
      expect((await saveRejecting(null)).remarks).toEqual(remarks);
      expect(await versions()).toEqual(rows);
    });

    it('marks absent people as left, except the person of a rejected record', async () => {
      const first = await sync(store.dataSource, 'snapshot', [provider('a'), provider('b'), provider('c')]);
      const { counts, remarks } = await saveRejecting(provider('b').identityKey);
      expect(counts).toMatchObject({ unchanged: 1, rejected: 1, departed: 1 });
      expect(remarks).toMatchObject([{ type: 'AbsentSpared', count: 1 }]);
      const seen = await finishedAt(first.runId);
      expect(await find('b')).toMatchObject({ listed: true, lastSeenAt: seen });
      expect(await find('c')).toMatchObject({ listed: false, lastSeenAt: seen });
    });

    it('marks a person as left once no rejected record is about them, and sees those who come again', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b'), provider('c')]);
      await saveRejecting(null);
      const next = await sync(store.dataSource, 'snapshot', [provider('a'), provider('c')]);
      expect(next.counts).toMatchObject({ unchanged: 2, departed: 1 });
      expect(await find('c')).toMatchObject({ listed: true, lastSeenAt: await finishedAt(next.runId) });
    });

    it('marks absent people as left again after a snapshot without rejected records', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      await saveRejecting(null);
      const next = await sync(store.dataSource, 'snapshot', [provider('a')]);
      expect(next.counts).toMatchObject({ unchanged: 1, departed: 1 });
    });

    it('records who left, with the time of the last sight, and who returned', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const last = await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const left = await sync(store.dataSource, 'snapshot', [provider('a')]);
      expect(left.counts).toMatchObject({ updated: 0, unchanged: 1, departed: 1 });
      const seen = await finishedAt(last.runId);
      expect((await find('b'))?.lastSeenAt).toBe(seen);

      const stillGone = await sync(store.dataSource, 'snapshot', [provider('a')]);
      expect(stillGone.counts).toMatchObject({ unchanged: 1, departed: 0 });
      expect((await find('b'))?.lastSeenAt).toBe(seen);

      const back = await sync(store.dataSource, 'snapshot', [provider('a'), provider('b', { title: 'NP' })]);
      expect(back.counts).toMatchObject({ inserted: 0, updated: 1, unchanged: 1, departed: 0 });
      expect((await find('b'))?.lastSeenAt).toBe(await finishedAt(back.runId));
      expect(await changes()).toEqual([
        { runId: left.runId, field: 'listed', before: true, after: false },
        { runId: back.runId, field: 'listed', before: false, after: true },
        { runId: back.runId, field: 'title', before: 'Dr.', after: 'NP' },
      ]);
    });

    it('does not count a failed run as a sight', async () => {
      const { runId } = await sync(store.dataSource, 'snapshot', [provider('a')]);
      const failure = { type: 'PartnerError', message: 'It failed.' } as const;
      const failed = await openedRun(store.dataSource);
      await closeRun(store.dataSource, { runId: failed, status: 'failed', failure, calls: [] });
      expect((await find('a'))?.lastSeenAt).toBe(await finishedAt(runId));
    });
  });

  describe('after a change of feed', () => {
    it('keeps the last sights of a snapshot when samples follow', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b'), provider('c')]);
      const whole = await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const departed = await find('c');
      const first = await sync(store.dataSource, 'sample', [provider('a')]);
      const second = await sync(store.dataSource, 'sample', [provider('c')]);
      expect(first.counts).toMatchObject({ unchanged: 1, updated: 0 });
      expect((await find('b'))?.lastSeenAt).toBe(await finishedAt(whole.runId));
      expect(second.counts).toMatchObject({ updated: 1 });
      expect((await find('c'))?.lastSeenAt).not.toBe(departed?.lastSeenAt);
    });

    it('marks absent people as left from the first snapshot on', async () => {
      await sync(store.dataSource, 'sample', [provider('a'), provider('b')]);
      await sync(store.dataSource, 'sample', [provider('a')]);
      const seen = (await find('b'))?.lastSeenAt;
      const first = await sync(store.dataSource, 'snapshot', [provider('a')]);
      expect(first.counts).toMatchObject({ unchanged: 1, updated: 0, departed: 1 });
      expect((await find('b'))?.lastSeenAt).toBe(seen);
      const rows = await versions();
      const second = await sync(store.dataSource, 'snapshot', [provider('a')]);
      expect(await versions()).toEqual(rows);
      expect((await find('a'))?.lastSeenAt).toBe(await finishedAt(second.runId));
    });

    it('notices the change of feed after a failed run in between', async () => {
      const whole = await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const failure = { type: 'PartnerError', message: 'It failed.' } as const;
      const failed = await openedRun(store.dataSource);
      await closeRun(store.dataSource, { runId: failed, status: 'failed', failure, calls: [] });
      await sync(store.dataSource, 'sample', [provider('a')]);
      await sync(store.dataSource, 'sample', [provider('a')]);
      expect((await find('b'))?.lastSeenAt).toBe(await finishedAt(whole.runId));
    });
  });
});
