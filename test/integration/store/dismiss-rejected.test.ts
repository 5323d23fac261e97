import {
  dismissRejected,
  type RejectedSelection,
  reopenRejected,
} from '../../../src/store/directory/dismiss-rejected';
import {
  listRejectedRecords,
  type StoredRejectedRecord,
} from '../../../src/store/directory/read-rejected-records';
import { rejectingSync, rejection } from '../../support/rejected';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const ZOE = { by: 'zoe', reason: 'She retired.' };

async function records(): Promise<StoredRejectedRecord[]> {
  return (await listRejectedRecords(store.dataSource, { limit: 100 })).items;
}
/** The numbers and states of all records, the latest first. */
async function states(): Promise<string[]> {
  return (await records()).map(({ record, state }) => `${record} ${state}`);
}
const dismiss = (selection: RejectedSelection, by = ZOE) => dismissRejected(store.dataSource, selection, by);
const reopen = (selection: RejectedSelection) => reopenRejected(store.dataSource, selection);

describe('an operator', () => {
  it('dismisses one record, with when, who and why', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a'), rejection('b')]);
    expect(await dismiss({ runId, record: 2 })).toEqual({ selected: 1, changed: 1 });
    expect(await records()).toMatchObject([
      {
        ...{ record: 2, state: 'dismissed', dismissedBy: 'zoe', dismissedReason: 'She retired.' },
        dismissedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
      { record: 1, state: 'open', dismissedAt: null, dismissedBy: null, dismissedReason: null },
    ]);
  });

  it('dismisses all records of a run, or of a person and fault', async () => {
    const first = await rejectingSync(store.dataSource, [rejection('a'), rejection('b')]);
    const again = rejection('a', { field: 'clinic' });
    await rejectingSync(store.dataSource, [rejection('a'), again]);
    const group = (await records())[1]?.groupId ?? '';
    expect(await dismiss({ group })).toEqual({ selected: 2, changed: 2 });
    expect(await states()).toEqual(['2 open', '1 dismissed', '2 open', '1 dismissed']);
    expect(await dismiss({ runId: first })).toEqual({ selected: 2, changed: 1 });
    expect(await states()).toEqual(['2 open', '1 dismissed', '2 dismissed', '1 dismissed']);
  });

  it('changes nothing by dismissing again, and keeps the first reason', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a')]);
    await dismiss({ runId });
    const before = await records();
    expect(await dismiss({ runId }, { by: 'ann', reason: 'Why not.' })).toEqual({ selected: 1, changed: 0 });
    expect(await records()).toEqual(before);
  });

  it('reopens what was dismissed, once', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a'), rejection('b')]);
    await dismiss({ runId, record: 1 });
    expect(await reopen({ runId })).toEqual({ selected: 2, changed: 1 });
    expect(await reopen({ runId })).toEqual({ selected: 2, changed: 0 });
    expect(await records()).toMatchObject(
      Array(2).fill({ state: 'open', dismissedBy: null, dismissedAt: null }),
    );
  });

  it('cannot dismiss a record that is gone', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a')]);
    await sync(store.dataSource, 'sample', [provider('a')]);
    expect(await dismiss({ runId })).toEqual({ selected: 1, changed: 0 });
    expect(await states()).toEqual(['1 gone']);
  });

  it('reopens a record as gone if its person has come meanwhile', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a')]);
    await dismiss({ runId });
    await sync(store.dataSource, 'sample', [provider('a')]);
    expect(await states()).toEqual(['1 dismissed']);
    await reopen({ runId });
    expect(await states()).toEqual(['1 gone']);
  });

  it('learns that there is no such record', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a')]);
    const selections = [
      { runId, record: 2 },
      { runId: '00000000-0000-4000-8000-000000000000' },
      { runId: 'none' },
      { group: '0'.repeat(64) },
    ];
    for (const selection of selections) {
      expect([await dismiss(selection), await reopen(selection)]).toEqual([null, null]);
    }
    expect(await states()).toEqual(['1 open']);
  });

  it('and a run do not lock each other out', async () => {
    const many = Array.from({ length: 200 }, (_, number) => rejection(`person ${number}`));
    const runs = [
      await rejectingSync(store.dataSource, many),
      await rejectingSync(store.dataSource, [...many].reverse()),
    ];
    const people = many.map((_, number) => provider(`person ${number}`));
    const [{ runId }] = await Promise.all([
      sync(store.dataSource, 'sample', people),
      ...runs.map((runId) => dismiss({ runId })),
      ...runs.map((runId) => reopen({ runId })),
    ]);
    for (const each of await records()) expect(each.goneByRunId).toBe(runId);
  });
});
