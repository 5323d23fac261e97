import type { RejectedGroup } from '../../../src/store/directory/read-rejected-groups';
import type { StoredRejectedRecord } from '../../../src/store/directory/read-rejected-records';
import type { Page } from '../../../src/store/lists/cursor';
import { ask, useApi } from '../../support/api';
import { readCsvRows } from '../../support/read-csv';
import { rejectingSync, rejection } from '../../support/rejected';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));

interface Decided {
  readonly selected: number;
  readonly changed: number;
  readonly detail?: string;
}

const post = (decision: 'dismiss' | 'reopen', body: unknown) =>
  ask<Decided>(api, `/api/v1/rejected-records/${decision}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
const list = async (query = '') =>
  (await ask<Page<StoredRejectedRecord>>(api, `/api/v1/rejected-records${query}`)).body.items;
const states = async (query = '') => (await list(query)).map(({ record, state }) => `${record} ${state}`);

describe('the list of rejected records', () => {
  it('has the open ones, others on request, and all of a run or group', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a'), rejection('b'), rejection('c')]);
    await sync(store.dataSource, 'sample', [provider('a')]);
    await post('dismiss', { runId, record: 2, reason: 'Retired.' });
    expect(await states()).toEqual(['3 open']);
    expect(await states('?state=gone')).toEqual(['1 gone']);
    expect(await states('?state=dismissed')).toEqual(['2 dismissed']);
    expect(await states('?state=resolved')).toEqual([]);
    const all = ['3 open', '2 dismissed', '1 gone'];
    expect(await states('?state=all')).toEqual(all);
    expect(await states(`?runId=${runId}`)).toEqual(all);
    const [first] = await list('?state=gone');
    expect(await states(`?group=${first?.groupId}`)).toEqual(['1 gone']);
    expect(readCsvRows((await ask<string>(api, '/api/v1/rejected-records?format=csv')).body)).toMatchObject([
      { record: '3', state: 'open', familyName: 'Family c' },
    ]);
    const ofRun = await ask<Page<StoredRejectedRecord>>(api, `/api/v1/syncs/${runId}/rejected-records`);
    expect(ofRun.body.items).toHaveLength(3);
  });

  it.each(['?state=closed', '?group=abc'])('refuses %s', async (query) => {
    expect((await ask(api, `/api/v1/rejected-records${query}`)).status).toBe(400);
  });
});

describe('the groups of rejected records', () => {
  const groups = async (query = '') =>
    (await ask<Page<RejectedGroup>>(api, `/api/v1/rejected-records/groups${query}`)).body;

  it('come in pages, by state, as CSV and as NDJSON', async () => {
    for (const _ of [1, 2]) {
      await rejectingSync(store.dataSource, [rejection('a'), rejection('b'), rejection('c')]);
    }
    await sync(store.dataSource, 'sample', [provider('c')]);
    const first = await groups('?limit=1');
    const second = await groups(`?limit=1&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items]).toMatchObject([
      { problem: 'Given b Family b: title is missing', count: 2, presence: 'absent', record: 2 },
      { problem: 'Given a Family a: title is missing', count: 2, presence: 'absent', record: 1 },
    ]);
    expect(second.nextCursor).toBeNull();
    expect((await groups('?state=gone')).items).toMatchObject([{ presence: 'present', state: 'gone' }]);
    const path = '/api/v1/rejected-records/groups?state=all&format=';
    expect(readCsvRows((await ask<string>(api, `${path}csv`)).body)).toHaveLength(3);
    const lines = (await ask<string>(api, `${path}ndjson`)).body.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual((await groups('?state=all')).items);
  });

  it('lead to their records', async () => {
    await rejectingSync(store.dataSource, [rejection('a'), rejection('b')]);
    const { items } = await groups();
    for (const { id, runId, record } of items) {
      expect(await list(`?group=${id}`)).toMatchObject([{ groupId: id, runId, record }]);
    }
  });
});

describe('a decision about rejected records', () => {
  it('counts once, and can be taken back', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a'), rejection('b')]);
    const dismissal = { runId, by: 'zoe', reason: 'Retired.' };
    expect((await post('dismiss', dismissal)).body).toEqual({ selected: 2, changed: 2 });
    expect((await post('dismiss', { ...dismissal, by: 'ann' })).body).toEqual({ selected: 2, changed: 0 });
    expect(await list('?state=dismissed')).toMatchObject(Array(2).fill({ dismissedBy: 'zoe' }));
    const [{ groupId: group }] = (await list('?state=all')) as [StoredRejectedRecord];
    expect((await post('reopen', { group })).body).toEqual({ selected: 1, changed: 1 });
    expect(await states('?state=all')).toEqual(['2 open', '1 dismissed']);
  });

  it('names the API if no one is named', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a')]);
    await post('dismiss', { runId, reason: 'Retired.' });
    expect(await list('?state=all')).toMatchObject([{ dismissedBy: 'an operator (API)' }]);
  });

  it('about records that do not exist is refused, with the reason', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a')]);
    const none = '00000000-0000-4000-8000-000000000000';
    const group = '0'.repeat(64);
    for (const [selection, detail] of [
      [{ runId, record: 7 }, `The run ${runId} rejected no record with the number 7.`],
      [{ runId: none }, `There is no run ${none}, or it rejected no records.`],
      [{ group }, `There is no group of rejected records with the id ${group}.`],
    ] as const) {
      const dismissed = await post('dismiss', { ...selection, reason: 'Retired.' });
      const reopened = await post('reopen', selection);
      for (const { status, body } of [dismissed, reopened]) {
        expect([status, body.detail]).toEqual([404, expect.stringContaining(detail)]);
      }
    }
  });

  it.each([
    ['no selection', {}],
    ['two selections', { runId: '00000000-0000-4000-8000-000000000000', group: '0'.repeat(64) }],
    ['a number without its run', { record: 1 }],
    ['the number 0', { runId: '00000000-0000-4000-8000-000000000000', record: 0 }],
    ['no reason', { group: '0'.repeat(64), reason: '' }],
    ['an unknown field', { group: '0'.repeat(64), all: true }],
  ])('is refused with %s', async (_what, selection) => {
    const { status } = await post('dismiss', { reason: 'Retired.', ...selection });
    expect(status).toBe(400);
  });
});
