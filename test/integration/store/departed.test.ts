import type { CheckedProvider, Feed } from '../../../src/contract/answer';
import { getRun } from '../../../src/store/runs/read-runs';
import { type DepartureRule, saveSync } from '../../../src/store/save/save-sync';
import { stagedSaves } from '../../support/staged-saves';
import { answer, openedRun, provider, sync, useStore } from '../../support/store-fixtures';
import { saveInput, storedRows } from '../../support/stored-rows';

const FEEDS: readonly Feed[] = ['sample', 'snapshot', 'changes'];

/** A record that says that the person left. It has nothing but an identity. */
function left(key: string): CheckedProvider {
  return provider(key, { givenName: '', familyName: '', title: null, clinic: null, departed: true });
}

describe('a record that says that the person left', () => {
  const store = useStore();
  const { savePages, rejectedOf } = stagedSaves(store);
  const { changes, find, finishedAt, versions } = storedRows(store);
  const [a, b, c] = [provider('a'), provider('b'), provider('c')];

  it.each(FEEDS)('marks the person as left in a %s, with all that was known', async (feed) => {
    const first = await sync(store.dataSource, feed, [a, b]);
    const before = await find('b');
    const { runId, counts } = await sync(store.dataSource, feed, [a, left('b')]);
    expect(counts).toMatchObject({ received: 2, inserted: 0, updated: 0, unchanged: 1, departed: 1 });
    expect(await find('b')).toEqual({
      ...before,
      listed: false,
      lastSeenAt: expect.any(String),
      lastChangedAt: expect.any(String),
    });
    expect(await changes()).toEqual([{ runId, field: 'listed', before: true, after: false }]);
    if (feed !== 'sample') expect((await find('b'))?.lastSeenAt).toBe(await finishedAt(first.runId));
  });

  it.each(FEEDS)('changes nothing in a %s if the person is unknown or has left', async (feed) => {
    await sync(store.dataSource, feed, [a, b]);
    await sync(store.dataSource, feed, [a, left('b')]);
    const rows = await versions();
    const { counts } = await sync(store.dataSource, feed, [
      ...(feed === 'snapshot' ? [a] : []),
      left('b'),
      left('c'),
    ]);
    const unchanged = feed === 'snapshot' ? 3 : 2;
    expect(counts).toMatchObject({ inserted: 0, updated: 0, unchanged, rejected: 0, departed: 0 });
    expect(await versions()).toEqual(rows);
  });

  it.each(FEEDS)('is followed by a record that lists the person again in a %s', async (feed) => {
    await sync(store.dataSource, feed, [a, b]);
    await sync(store.dataSource, feed, [a, left('b')]);
    const { runId, counts } = await sync(store.dataSource, feed, [a, { ...b, title: 'NP' }]);
    expect(counts).toMatchObject({ inserted: 0, updated: 1, unchanged: 1, departed: 0 });
    expect(await find('b')).toMatchObject({ listed: true, title: 'NP' });
    expect(await changes()).toContainEqual({ runId, field: 'listed', before: false, after: true });
  });

  it.each(FEEDS)('is stored from the pages of a %s, once for all copies', async (feed) => {
    await sync(store.dataSource, feed, [a, b, c]);
    const pages = [[a, left('b')], [{ ...left('b'), title: 'NP' }], [left('c'), { ...c, title: 'NP' }]];
    const { runId, counts } = await savePages(feed, pages);
    expect(counts).toMatchObject({ received: 5, unchanged: 1, duplicates: 1, rejected: 2, departed: 1 });
    expect(await find('b')).toMatchObject({ listed: false });
    expect(await find('c')).toMatchObject({ listed: true, title: 'Dr.' });
    expect(await rejectedOf(runId)).toMatchObject([
      { position: 3, reason: 'ConflictingDuplicate' },
      { position: 4, reason: 'ConflictingDuplicate' },
    ]);
  });

  it('marks a person whose earlier record was rejected, also if a rejected record may be about anyone', async () => {
    await sync(store.dataSource, 'snapshot', [a, b, c]);
    const runId = await openedRun(store.dataSource);
    const rejected = [
      { position: 2, reason: 'NullField', field: 'npi', raw: '{}', identityKey: null },
    ] as const;
    const sent = answer([a, left('b')], { received: 3, rejected });
    const counts = await saveSync(store.dataSource, saveInput(runId, { feed: 'snapshot', answer: sent }));
    expect(counts).toMatchObject({ departed: 1, rejected: 1 });
    expect(await find('b')).toMatchObject({ listed: false });
    expect(await find('c')).toMatchObject({ listed: true });
  });

  describe('of a large share of the people', () => {
    const people = Array.from({ length: 10 }, (_, index) => provider(`p${index}`));
    const rule: DepartureRule = { maximumDeparted: 0.2, approveWithin: 60_000, approval: null };
    const marks = people.slice(0, 6).map((_, index) => left(`p${index}`));
    const save = async (feed: Feed) => {
      await sync(store.dataSource, feed, people);
      const runId = await openedRun(store.dataSource);
      const sent = answer([...people.slice(6), ...marks]);
      return {
        runId,
        saved: await saveSync(store.dataSource, { ...saveInput(runId, { feed, answer: sent }), rule }),
      };
    };

    it('waits for approval in a snapshot, with the people who would leave', async () => {
      const { runId, saved } = await save('snapshot');
      expect(saved).toMatchObject({ status: 'awaiting-approval', departing: 6, listed: 10 });
      const pending = await store.dataSource.query('SELECT count(*)::int AS count FROM pending_departures');
      expect(pending).toEqual([{ count: 6 }]);
      expect(await find('p0')).toMatchObject({ listed: true });
      expect((await getRun(store.dataSource, runId))?.status).toBe('running');
    });

    it.each(['sample', 'changes'] as const)('needs no approval in a %s', async (feed) => {
      expect((await save(feed)).saved).toMatchObject({ departed: 6, unchanged: 4 });
    });
  });

  it('says nothing about the fields: neither new ones nor missing ones', async () => {
    const fields = { unknownFields: ['phone'], sentFields: ['title'], vanishedFields: [] };
    const none = { unknownFields: [], sentFields: [], vanishedFields: ['title'] };
    const notes: unknown[] = [];
    for (const [people, shown] of [
      [[a], fields],
      [[left('a')], none],
      [[], none],
      [[a], fields],
    ] as const) {
      const runId = await openedRun(store.dataSource);
      await saveSync(store.dataSource, saveInput(runId, { feed: 'changes', answer: answer(people, shown) }));
      const run = await getRun(store.dataSource, runId);
      notes.push([run?.unknownFields, run?.vanishedFields, run?.remarks]);
    }
    expect(notes).toEqual([
      [['phone'], [], []],
      [[], [], []],
      [[], [], []],
      [[], [], []],
    ]);
  });
});
