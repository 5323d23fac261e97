import { get } from 'node:http';
import { saveSync } from '../../../src/store/save/save-sync';
import { ask, useApi } from '../../support/api';
import { readCsvRows } from '../../support/read-csv';
import { answer, call, openedRun, provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));

const ODD = [
  'a, "b"\nc\r\nd',
  'line\nfeed',
  'carriage\rreturn',
  'quoted\n=1+1',
  '\n=1+1',
  '=HYPERLINK("http://evil.example")',
  '+1',
  '-1',
  '@SUM(A1)',
  '\tx',
  '＝1+1',
  "O'Hara",
  'Zoë 李 \u{1f600} \u202e',
];
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** Writes a value of the JSON list as a cell. */
function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
}

describe('the export of a list', () => {
  it('is a CSV file for spreadsheets, correctly quoted and without formulas', async () => {
    await sync(
      store.dataSource,
      'sample',
      ODD.map((familyName, n) =>
        provider(`${n}`, { familyName, title: null, attributes: { a: ['=1', '"'] } }),
      ),
    );
    const response = await fetch(`${api.url}/api/v1/providers?search=given`, {
      headers: { Accept: 'text/csv' },
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment; filename=providers-given-[\d-]{10}\.csv$/),
      vary: expect.stringContaining('Accept'),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const rows = readCsvRows(bytes);
    const column = (name: string) => rows.map((row) => row[name]);
    expect(column('familyName').sort()).toEqual(
      ODD.map((name) => (FORMULA.test(name) ? `'${name}` : name)).sort(),
    );
    expect(column('title')).toEqual(ODD.map(() => ''));
    expect(column('listed')).toEqual(ODD.map(() => 'true'));
    expect(column('attributes')).toEqual(ODD.map(() => '{"a":["=1","\\""]}'));
    expect(rows.flatMap(Object.values).filter((cell) => FORMULA.test(cell))).toEqual([]);
  });

  it('of each list with hostile texts is read back by another parser', async () => {
    const { body: document } = await ask<{ paths: Record<string, unknown> }>(api, '/openapi.json');
    const lists = Object.keys(document.paths).filter((path) =>
      JSON.stringify(document.paths[path]).includes('text/csv'),
    );
    const runId = await openedRun(store.dataSource, { workflowId: ODD.join('') });
    const providers = ODD.map((text, n) => provider(`${n}`, { familyName: text, title: text, clinic: text }));
    const rejected = ODD.map((text, position) => ({
      position,
      reason: 'NotText' as const,
      field: text,
      raw: text,
    }));
    await saveSync(store.dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer(providers, { rejected }),
      calls: ODD.map((detail, n) => call({ page: n + 1, outcome: 'PartnerError', detail })),
    });
    for (const list of lists) {
      const path = list.replace('{id}', runId);
      const { body: page } = await ask<{ items: Record<string, unknown>[] }>(api, `${path}?limit=200`);
      const rows = readCsvRows((await ask<string>(api, `${path}?format=csv`)).body);
      // Changes have the person in columns, but as an object in JSON.
      const names = Object.keys(rows[0] ?? {}).filter((name) => name in (page.items[0] ?? {}));
      const pick = (from: (name: string) => unknown) =>
        Object.fromEntries(names.map((name) => [name, toText(from(name))]));
      const values = page.items.map((item) => pick((name) => item[name]));
      const byId = (a: Record<string, string>, b: Record<string, string>) =>
        `${a.id}${a.record}${a.page}` < `${b.id}${b.record}${b.page}` ? -1 : 1;
      expect(rows.map((row) => pick((name) => row[name])).sort(byId)).toEqual(values.sort(byId));
      expect(rows.flatMap(Object.values).filter((cell) => FORMULA.test(cell))).toEqual([]);
    }
    expect(lists).toEqual([
      '/api/v1/providers',
      '/api/v1/changes',
      '/api/v1/syncs',
      '/api/v1/syncs/{id}/calls',
      '/api/v1/rejected-records',
      '/api/v1/rejected-records/groups',
    ]);
  });

  it('is one JSON object per line for programs', async () => {
    await sync(
      store.dataSource,
      'sample',
      ODD.map((familyName, n) => provider(`${n}`, { familyName })),
    );
    const { headers, body } = await ask<string>(api, '/api/v1/providers', {
      headers: { Accept: 'application/x-ndjson' },
    });
    expect(headers.get('Content-Disposition')).toMatch(/^attachment; filename=providers-[\d-]{10}\.ndjson$/);
    const { body: page } = await ask(api, '/api/v1/providers');
    const lines = body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(page.items);
  });

  it('is available for runs and rejected records too', async () => {
    const rejected = [{ position: 0, reason: 'NotText', field: 'title', raw: '"=1, 2"' }] as const;
    const runId = await openedRun(store.dataSource);
    await saveSync(store.dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer([provider('1')], { rejected }),
      calls: [],
    });
    const [record] = readCsvRows((await ask<string>(api, '/api/v1/rejected-records?format=csv')).body);
    expect(record).toMatchObject({ raw: '"=1, 2"', runId });
    const [run] = readCsvRows((await ask<string>(api, '/api/v1/syncs?format=csv&status=succeeded')).body);
    expect(run).toMatchObject({ id: runId });
    expect((await ask<string>(api, '/api/v1/syncs?format=ndjson&status=failed')).body).toBe('');
  });

  it.each([
    ['*/*', undefined, 'application/json'],
    [undefined, undefined, 'application/json'],
    ['text/csv;q=0.9, application/x-ndjson', undefined, 'application/x-ndjson'],
    ['text/csv;q=0.5, application/json;q=0.1', undefined, 'text/csv'],
    ['text/*', undefined, 'text/csv'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', undefined, 'application/json'],
    ['application/json', 'csv', 'text/csv'],
    ['image/png', undefined, 'application/problem+json'],
    ['text/csv;q=0', undefined, 'application/problem+json'],
  ])('for Accept %s and format %s is %s', async (accept, format, type) => {
    const headers = await new Promise<NodeJS.Dict<string | string[]>>((resolve) => {
      const url = `${api.url}/api/v1/providers${format ? `?format=${format}` : ''}`;
      get(url, { headers: accept ? { accept } : {} }, (response) => {
        response.resume();
        resolve({ ...response.headers, status: `${response.statusCode}` });
      });
    });
    expect(`${headers['content-type']}`.split(';')[0]).toBe(type);
    expect(headers.status).toBe(type.includes('problem') ? '406' : '200');
  });

  it('answers 503 if Postgres fails before it begins, and reads nothing for HEAD', async () => {
    await store.dataSource.query('ALTER TABLE providers RENAME TO gone');
    try {
      for (const format of ['json', 'csv', 'ndjson']) {
        const { status, headers, body } = await ask(api, `/api/v1/providers?format=${format}`);
        expect([status, body.type]).toEqual([503, 'StoreUnavailable']);
        expect(headers.get('Retry-After')).toMatch(/^\d+$/);
      }
      const { status, headers } = await ask(api, '/api/v1/providers?format=csv', { method: 'HEAD' });
      expect([status, headers.get('Content-Type')]).toEqual([200, 'text/csv; charset=utf-8']);
    } finally {
      await store.dataSource.query('ALTER TABLE gone RENAME TO providers');
    }
  });
});
