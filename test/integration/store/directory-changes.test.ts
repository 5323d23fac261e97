import type { CheckedProvider, Feed } from '../../../src/contract/answer';
import {
  COUNTED_CHANGES,
  countChanges,
  type DirectoryChange,
  listChanges,
} from '../../../src/store/directory/read-changes';
import { CursorError } from '../../../src/store/lists/cursor';
import type { ChangeFilter } from '../../../src/store/lists/filters';
import { streamList } from '../../../src/store/lists/stream-list';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();

/** Syncs, and returns the run and a time between it and the next run. */
async function syncedAt(feed: Feed, providers: readonly CheckedProvider[], partner?: string) {
  const { runId } = await sync(store.dataSource, feed, providers, partner);
  const [{ at }]: [{ at: Date }] = await store.dataSource.query(
    `SELECT clock_timestamp()::timestamptz(3) AS at FROM pg_sleep(0.01)`,
  );
  return { runId, at: at.toISOString() };
}

/** All items, read in pages of two. */
async function changes(filter: ChangeFilter = {}): Promise<DirectoryChange[]> {
  const items: DirectoryChange[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await listChanges(store.dataSource, { ...filter, limit: 2, cursor });
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

/** Each item as the key of its person, its kind and its fields, in the order of names. */
async function happened(filter: ChangeFilter = {}): Promise<string[]> {
  return (await changes(filter)).map(inShort).sort();
}

function inShort({ provider: { givenName }, kind, changes }: DirectoryChange): string {
  return [givenName.replace('Given ', ''), kind, ...changes.map(({ field }) => field)].join(' ');
}

const ANN = provider('ann', { title: 'PA', clinic: 'North', attributes: { phone: 1 } });
const BEN = provider('ben', { clinic: 'South' });
const CAT = provider('cat', { clinic: 'North' });

describe('the changes of the directory', () => {
  it('have one item for each person and run, the latest first', async () => {
    const first = await sync(store.dataSource, 'snapshot', [ANN, BEN]);
    const second = await sync(store.dataSource, 'snapshot', [{ ...ANN, title: 'NP', clinic: 'East' }, CAT]);
    const items = await changes();
    expect(items.map(({ runId }) => runId)).toEqual([
      ...Array(3).fill(second.runId),
      ...Array(2).fill(first.runId),
    ]);
    expect(items.map(inShort).sort()).toEqual([
      'ann changed title clinic',
      'ann new',
      'ben left listed',
      'ben new',
      'cat new',
    ]);
    expect(items.find(({ kind }) => kind === 'changed')).toEqual({
      kind: 'changed',
      provider: {
        id: expect.any(String),
        partner: 'noteworth',
        givenName: 'Given ann',
        familyName: 'Family ann',
        title: 'NP',
        clinic: 'East',
      },
      runId: second.runId,
      changedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      changes: [
        { field: 'title', before: 'PA', after: 'NP' },
        { field: 'clinic', before: 'North', after: 'East' },
      ],
    });
  });

  it('count a person who returned with another title as returned only', async () => {
    await sync(store.dataSource, 'snapshot', [ANN, BEN]);
    await sync(store.dataSource, 'snapshot', [BEN]);
    const { runId } = await sync(store.dataSource, 'snapshot', [
      { ...ANN, title: 'NP' },
      { ...BEN, title: 'NP' },
    ]);
    expect(await happened({ run: runId })).toEqual(['ann returned title listed', 'ben changed title']);
    expect(await happened({ kind: 'returned' })).toEqual(['ann returned title listed']);
    expect(await happened({ kind: 'changed' })).toEqual(['ben changed title']);
    expect(await happened({ kind: 'returned', field: 'title' })).toEqual(['ann returned title listed']);
    expect(await happened({ kind: 'changed', field: 'title' })).toEqual(['ben changed title']);
    expect(await happened({ field: 'title' })).toEqual(['ann returned title listed', 'ben changed title']);
    expect(await countChanges(store.dataSource, { run: runId, kind: 'left' })).toEqual({
      new: 0,
      left: 0,
      returned: 1,
      changed: 1,
      atLeast: [],
    });
  });

  it('leave out changes of unmapped fields only, unless the filter asks for them', async () => {
    await sync(store.dataSource, 'sample', [ANN, BEN]);
    const { runId: run } = await sync(store.dataSource, 'sample', [
      { ...ANN, attributes: { phone: 2 } },
      { ...BEN, title: 'NP', attributes: { phone: 3 } },
    ]);
    expect(await happened({ run })).toEqual(['ben changed title attributes.phone']);
    expect(await happened({ run, field: 'other' })).toEqual([
      'ann changed attributes.phone',
      'ben changed title attributes.phone',
    ]);
    expect(await countChanges(store.dataSource, { run })).toMatchObject({ changed: 1 });
    expect(await countChanges(store.dataSource, { run, field: 'other' })).toMatchObject({ changed: 2 });
  });

  it('are filtered by field, partner, run and time', async () => {
    const first = await syncedAt('sample', [ANN, BEN]);
    const other = await syncedAt('sample', [provider('dee')], 'other');
    const second = await syncedAt('sample', [
      { ...ANN, givenName: 'Given anna' },
      { ...BEN, clinic: 'West' },
    ]);
    expect(await happened({ field: 'name' })).toEqual(['anna changed givenName']);
    expect(await happened({ field: 'clinic' })).toEqual(['ben changed clinic']);
    expect(await happened({ partner: 'other' })).toEqual(['dee new']);
    expect(await happened({ partner: 'noteworth', since: first.at })).toEqual([
      'anna changed givenName',
      'ben changed clinic',
    ]);
    expect(await happened({ run: other.runId })).toEqual(['dee new']);
    expect(await happened({ since: first.at, until: other.at })).toEqual(['dee new']);
    expect(await happened({ since: second.at })).toEqual([]);
    expect(await happened({ run: '00000000-0000-4000-8000-000000000000' })).toEqual([]);
    expect(await happened({ kind: 'new', field: 'title' })).toEqual([]);
    expect(await happened({ kind: 'left', field: 'title' })).toEqual([]);
  });

  it('of a clinic are those of the people who are there, or who moved away in the time', async () => {
    const first = await syncedAt('sample', [ANN, BEN, CAT]);
    const second = await syncedAt('sample', [
      { ...ANN, clinic: 'East' },
      { ...BEN, clinic: 'North' },
    ]);
    expect(await happened({ clinic: 'North', since: first.at })).toEqual([
      'ann changed clinic',
      'ben changed clinic',
    ]);
    expect(await happened({ clinic: 'North', until: first.at })).toEqual(['ben new', 'cat new']);
    expect(await happened({ clinic: 'North', since: second.at })).toEqual([]);
    expect(await happened({ clinic: 'north' })).toEqual([]);
    expect(await countChanges(store.dataSource, { clinic: 'North', since: first.at })).toMatchObject({
      new: 0,
      changed: 2,
    });
  });

  it('stay on their page while runs add others', async () => {
    await sync(store.dataSource, 'sample', [ANN, BEN, CAT, provider('dee'), provider('eve')]);
    const before = await changes();
    const first = await listChanges(store.dataSource, { limit: 2 });
    await sync(store.dataSource, 'sample', [{ ...ANN, title: 'NP' }, provider('fay')]);
    const rest = await listChanges(store.dataSource, { limit: 10, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...rest.items].map(inShort)).toEqual(before.map(inShort));
  });

  it('meet every item once, for every filter', async () => {
    const people = Array.from({ length: 9 }, (_, index) => provider(`p${index}`, { clinic: 'North' }));
    await sync(store.dataSource, 'snapshot', people);
    await sync(store.dataSource, 'snapshot', people.slice(3));
    const { runId } = await sync(
      store.dataSource,
      'snapshot',
      people.map((one) => ({ ...one, title: 'NP', familyName: 'X', givenName: `${one.givenName}!` })),
    );
    for (const filter of [
      {},
      { run: runId },
      { partner: 'noteworth' },
      { clinic: 'North' },
      { field: 'name' },
      { kind: 'new' },
    ] as const) {
      const whole = await listChanges(store.dataSource, { ...filter, limit: 100 });
      expect(await changes(filter)).toEqual(whole.items);
      const streamed: DirectoryChange[] = [];
      for await (const item of streamList(store.dataSource, listChanges, filter)) streamed.push(item);
      expect(streamed).toEqual(whole.items);
      expect(new Set(whole.items.map((one) => `${one.provider.id} ${one.runId}`)).size).toBe(
        whole.items.length,
      );
    }
  });

  it('know no run of a person who is older than the record of runs', async () => {
    await sync(store.dataSource, 'sample', [ANN, BEN, CAT]);
    await store.dataSource.query('UPDATE providers SET first_run_id = NULL');
    expect((await changes()).map(({ runId }) => runId)).toEqual([null, null, null]);
  });

  it('are counted up to a limit, and say so', async () => {
    await sync(store.dataSource, 'sample', [ANN]);
    await store.dataSource.query(
      `INSERT INTO providers (partner, identity_key, given_name, family_name, first_seen_at, last_changed_at)
       SELECT 'noteworth', decode(md5(n::text), 'hex'), 'Given', 'Family', now(), now()
       FROM generate_series(1, $1::integer) n`,
      [COUNTED_CHANGES],
    );
    expect(await countChanges(store.dataSource, {})).toEqual({
      new: COUNTED_CHANGES,
      left: 0,
      returned: 0,
      changed: 0,
      atLeast: ['new'],
    });
  });

  it('refuse a cursor of another list', async () => {
    const cursor = Buffer.from('["42"]').toString('base64url');
    await expect(listChanges(store.dataSource, { limit: 1, cursor })).rejects.toThrow(CursorError);
  });
});
