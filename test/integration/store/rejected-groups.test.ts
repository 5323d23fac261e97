import { ExpectedError } from '../../../src/process/expected-error';
import { dismissRejected } from '../../../src/store/directory/dismiss-rejected';
import { listRejectedGroups, type RejectedGroup } from '../../../src/store/directory/read-rejected-groups';
import { listRejectedRecords } from '../../../src/store/directory/read-rejected-records';
import type { RejectedRecordFilter } from '../../../src/store/lists/filters';
import { streamList } from '../../../src/store/lists/stream-list';
import { rejectingSync, rejection } from '../../support/rejected';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const OLGA = { givenName: 'Olga', familyName: 'Hernandez' };

/** The groups of all pages. Each page has two. */
async function groups(filter: RejectedRecordFilter = {}): Promise<RejectedGroup[]> {
  const items: RejectedGroup[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await listRejectedGroups(store.dataSource, { ...filter, limit: 2, cursor });
    expect(page.items.length).toBeLessThanOrEqual(2);
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}
const problems = async (filter?: RejectedRecordFilter) =>
  (await groups(filter)).map(({ problem, count }) => `${problem} (${count})`);

describe('rejected records', () => {
  it('are grouped by partner, person, reason and field, the latest group first', async () => {
    const olga = rejection('olga', OLGA);
    await rejectingSync(store.dataSource, [olga, rejection('b')]);
    await rejectingSync(store.dataSource, [olga], [], { partner: 'other' });
    await rejectingSync(store.dataSource, [
      { ...olga, field: 'clinic' },
      { ...olga, reason: 'NullField' },
    ]);
    await rejectingSync(store.dataSource, [olga]);
    expect(await problems()).toEqual([
      'Olga Hernandez: title is missing (2)',
      'Olga Hernandez: title is empty (null) (1)',
      'Olga Hernandez: clinic is missing (1)',
      'Olga Hernandez: title is missing (1)',
      'Given b Family b: title is missing (1)',
    ]);
    expect(await problems({ partner: 'other' })).toEqual(['Olga Hernandez: title is missing (1)']);
    expect(await problems({ reason: 'NullField' })).toEqual(['Olga Hernandez: title is empty (null) (1)']);
  });

  it('of one person without an identity are those of one name', async () => {
    const nameless = { givenName: null, familyName: null };
    await rejectingSync(store.dataSource, [
      rejection(null, OLGA),
      rejection(null, { ...OLGA, familyName: 'Hernández' }),
      rejection(null, { ...OLGA, givenName: null }),
      ...[1, 2, 3].map(() => rejection(null, { ...nameless, field: null, reason: 'NotAnObject' })),
    ]);
    await rejectingSync(store.dataSource, [rejection(null, OLGA)]);
    expect(await problems()).toEqual([
      'Olga Hernandez: title is missing (2)',
      'Unknown person: the record is not an object (3)',
      'Hernandez: title is missing (1)',
      'Olga Hernández: title is missing (1)',
    ]);
  });

  it('have the first and the latest time, run, number and content', async () => {
    const first = await rejectingSync(store.dataSource, [rejection('olga', OLGA)]);
    const last = await rejectingSync(store.dataSource, [
      rejection('b'),
      rejection('olga', { ...OLGA, givenName: 'OLGA', raw: '{"latest":true}' }),
    ]);
    await store.dataSource.query(`UPDATE rejected_records SET created_at = '2026-01-01Z' WHERE run_id = $1`, [
      first,
    ]);
    const { items } = await listRejectedRecords(store.dataSource, { runId: last, limit: 1 });
    expect((await groups())[0]).toEqual({
      ...{ id: items[0]?.groupId, partner: 'noteworth', reason: 'MissingField', field: 'title' },
      ...{ givenName: 'OLGA', familyName: 'Hernandez', problem: 'OLGA Hernandez: title is missing' },
      ...{ count: 2, firstAt: '2026-01-01T00:00:00.000Z', lastAt: items[0]?.createdAt },
      ...{ state: 'open', runId: last, record: 2, raw: '{"latest":true}' },
      ...{ presence: 'absent', providerIds: [] },
    });
  });

  it('are counted in the state of the filter', async () => {
    const olga = rejection('olga', OLGA);
    const runs = [];
    for (const _ of [1, 2, 3]) runs.push(await rejectingSync(store.dataSource, [olga, rejection('b')]));
    await dismissRejected(
      store.dataSource,
      { runId: runs[2] ?? '', record: 1 },
      { by: 'zoe', reason: 'Old.' },
    );
    await sync(store.dataSource, 'sample', [provider('b')]);
    expect(await problems({ state: 'open' })).toEqual(['Olga Hernandez: title is missing (2)']);
    expect((await groups({ state: 'open' }))[0]?.runId).toBe(runs[1]);
    expect(await problems({ state: 'dismissed' })).toEqual(['Olga Hernandez: title is missing (1)']);
    expect(await problems({ state: 'gone' })).toEqual(['Given b Family b: title is missing (3)']);
    expect(await problems({ state: 'resolved' })).toEqual([]);
    expect(await problems({ state: 'all' })).toHaveLength(2);
    expect(await problems({ runId: runs[0] })).toEqual([
      'Given b Family b: title is missing (1)',
      'Olga Hernandez: title is missing (1)',
    ]);
    const [{ id }] = (await groups({ state: 'open' })) as [RejectedGroup];
    expect(await problems({ group: id })).toEqual(['Olga Hernandez: title is missing (3)']);
  });

  it('show whether their person is in the directory', async () => {
    const people = [provider('here'), provider('left'), provider('x', OLGA), provider('y', OLGA)];
    await sync(store.dataSource, 'snapshot', people);
    await sync(store.dataSource, 'snapshot', people.slice(0, 1).concat(people.slice(2)));
    await rejectingSync(store.dataSource, [
      rejection('here'),
      rejection('left'),
      rejection(null, { givenName: 'ólga', familyName: 'HERNANDEZ' }),
      rejection('absent'),
      rejection(null, { givenName: null }),
    ]);
    const found = (await groups()).map(({ presence, providerIds }) => [presence, providerIds.length]);
    expect(found.reverse()).toEqual([
      ['present', 1],
      ['left', 1],
      ['sameName', 2],
      ['absent', 0],
      ['unknown', 0],
    ]);
  });

  it('are found behind more records of one group than a page looks at', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('first'), rejection('often')]);
    await store.dataSource.query(
      `INSERT INTO rejected_records (run_id, position, partner, reason, field, raw, created_at, identity_key,
         given_name, family_name)
       SELECT run_id, n, partner, reason, field, raw, created_at + interval '1 minute', identity_key, given_name,
         family_name
       FROM rejected_records, generate_series(2, 11000) n WHERE run_id = $1 AND position = 1`,
      [runId],
    );
    expect(await problems()).toEqual([
      'Given often Family often: title is missing (11000)',
      'Given first Family first: title is missing (1)',
    ]);
    expect((await listRejectedGroups(store.dataSource, { limit: 1 })).nextCursor).not.toBeNull();
  });

  it('are streamed by group, and refuse a cursor of another list', async () => {
    await rejectingSync(
      store.dataSource,
      Array.from({ length: 150 }, (_, number) => rejection(`${number}`)),
    );
    const ids = new Set<string>();
    for await (const { id } of streamList(store.dataSource, listRejectedGroups, {})) ids.add(id);
    expect(ids.size).toBe(150);
    const listing = listRejectedGroups(store.dataSource, { limit: 1, cursor: 'nonsense' });
    await expect(listing).rejects.toThrow(ExpectedError);
  });
});
