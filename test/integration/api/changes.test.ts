import type { ChangeCounts } from '../../../src/contract/changes';
import type { DirectoryChange } from '../../../src/store/directory/read-changes';
import type { Page } from '../../../src/store/lists/cursor';
import { ask, useApi } from '../../support/api';
import { readCsvRows } from '../../support/read-csv';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));

const ANN = provider('ann', { givenName: 'Zoë', familyName: "O'Hara", title: 'PA', clinic: 'North; East' });

async function changedOnce() {
  const first = await sync(store.dataSource, 'snapshot', [ANN, provider('ben')]);
  const second = await sync(store.dataSource, 'snapshot', [
    { ...ANN, title: '=1+1', attributes: { phone: '1' } },
  ]);
  return { first: first.runId, second: second.runId };
}

const list = async (query = '') => (await ask<Page<DirectoryChange>>(api, `/api/v1/changes${query}`)).body;

describe('GET /api/v1/changes', () => {
  it('lists what each sync changed at each person, in pages', async () => {
    const { first, second } = await changedOnce();
    const { items, nextCursor } = await list('?limit=3');
    const rest = await list(`?limit=3&cursor=${nextCursor}`);
    expect(rest.nextCursor).toBeNull();
    const all = [...items, ...rest.items];
    expect(all.map(({ runId }) => runId)).toEqual([second, second, first, first]);
    expect(all.find(({ kind }) => kind === 'changed')).toEqual({
      kind: 'changed',
      provider: {
        id: expect.any(String),
        partner: 'noteworth',
        givenName: 'Zoë',
        familyName: "O'Hara",
        title: '=1+1',
        clinic: 'North; East',
      },
      runId: second,
      changedAt: expect.any(String),
      changes: [
        { field: 'title', before: 'PA', after: '=1+1' },
        { field: 'attributes.phone', before: null, after: '1' },
      ],
    });
  });

  it('filters', async () => {
    const { first, second } = await changedOnce();
    const kinds = async (query: string) => (await list(query)).items.map(({ kind }) => kind).sort();
    expect(await kinds(`?run=${second}`)).toEqual(['changed', 'left']);
    expect(await kinds(`?run=${first}&kind=new`)).toEqual(['new', 'new']);
    expect(await kinds('?field=other')).toEqual(['changed']);
    expect(await kinds(`?clinic=${encodeURIComponent('North; East')}`)).toEqual(['changed', 'new']);
    expect(await kinds('?partner=other')).toEqual([]);
    expect(await kinds('?until=2001-01-01T00:00:00Z')).toEqual([]);
    expect(await kinds('?since=2001-01-01T00:00:00Z&field=title')).toEqual(['changed']);
  });

  it('sends all as CSV for people, and as NDJSON for programs', async () => {
    const { second } = await changedOnce();
    const csv = await ask<string>(api, `/api/v1/changes?run=${second}&format=csv`);
    expect(csv.headers.get('Content-Disposition')).toContain(`changes-run-${second.slice(0, 8)}-`);
    const rows = readCsvRows(csv.body).sort((a, b) => (a.kind ?? '').localeCompare(b.kind ?? ''));
    expect(rows).toMatchObject([
      {
        kind: 'changed',
        familyName: "O'Hara",
        givenName: 'Zoë',
        title: "'=1+1",
        clinic: 'North; East',
        summary: 'title: PA → =1+1; phone: none → 1',
        runId: second,
      },
      { kind: 'left', familyName: 'Family ben', summary: 'left the partner’s list' },
    ]);
    const words = await ask<string>(api, `/api/v1/changes?run=${second}&kind=left&format=csv&headings=words`);
    expect(readCsvRows(words.body)).toMatchObject([
      { 'What happened': 'left the partner’s list', 'Family name': 'Family ben', 'Run id': second },
    ]);
    const ndjson = await ask<string>(api, `/api/v1/changes?run=${second}&format=ndjson`);
    const lines = ndjson.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual((await list(`?run=${second}`)).items);
  });

  it.each(['?kind=gone', '?field=listed', '?run=abc', '?since=yesterday', '?status=left'])(
    'refuses %s',
    async (query) => {
      expect((await ask(api, `/api/v1/changes${query}`)).status).toBe(400);
    },
  );
});

describe('GET /api/v1/changes/counts', () => {
  it('counts each kind', async () => {
    const { second } = await changedOnce();
    const counts = async (query = '') =>
      (await ask<ChangeCounts>(api, `/api/v1/changes/counts${query}`)).body;
    expect(await counts()).toEqual({ new: 2, left: 1, returned: 0, changed: 1, atLeast: [] });
    expect(await counts(`?run=${second}&field=title`)).toMatchObject({ new: 0, left: 0, changed: 1 });
  });
});
