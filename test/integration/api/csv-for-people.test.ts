import { parse } from 'csv-parse/sync';
import type { CheckedProvider } from '../../../src/contract/answer';
import { LOOKED_AT, MOST_NAMES } from '../../../src/store/directory/read-attribute-names';
import { saveSync } from '../../../src/store/save/save-sync';
import { ask, useApi } from '../../support/api';
import { answer, call, openedRun, provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));

type Attributes = CheckedProvider['attributes'];
type Row = Record<string, string>;

/** The rows of a CSV file, as a spreadsheet reads it. */
async function download(query: string, list = 'providers', delimiter = ','): Promise<Row[]> {
  const { status, body } = await ask<string>(api, `/api/v1/${list}?format=csv&headings=words${query}`);
  expect(status).toBe(200);
  return parse(body, { bom: true, columns: true, delimiter });
}

function stored(...all: Attributes[]): Promise<unknown> {
  const people = all.map((attributes, n) => provider(`${n}`, { familyName: `Family ${n}`, attributes }));
  return sync(store.dataSource, 'sample', people);
}

describe('a CSV file for people', () => {
  it('has headings in words, times that a spreadsheet recognises, and the ids last', async () => {
    await stored({});
    const [row = {}] = await download('');
    expect(Object.keys(row)).toEqual([
      'Partner',
      'Given name',
      'Family name',
      'Title',
      'Clinic',
      'In the partner’s list',
      'First seen (UTC)',
      'Last seen (UTC)',
      'Last changed (UTC)',
      'Id',
    ]);
    const { body } = await ask<{ items: { firstSeenAt: string }[] }>(api, '/api/v1/providers');
    const time = String(body.items[0]?.firstSeenAt);
    expect(row).toMatchObject({
      'First seen (UTC)': `${time.slice(0, 10)} ${time.slice(11, 19)}`,
      'In the partner’s list': 'yes',
    });
  });

  it('has a column for each unmapped field, and loses none', async () => {
    await stored(
      { phone: '1', Title: 'x' },
      { '=evil()': '=1+1', flags: [true], beds: 3, isNew: false, none: null },
      JSON.parse('{"__proto__":"own","tags":["a","b"]}'),
    );
    const rows = await download('');
    expect(Object.keys(rows[0] ?? {}).slice(9, -1)).toEqual([
      '__proto__',
      "'=evil()",
      'beds',
      'flags',
      'isNew',
      'none',
      'phone',
      'tags',
      'Title (partner’s field)',
    ]);
    const cells = (name: string) => rows.map((row) => row[name]);
    expect(cells('phone')).toEqual(['1', '', '']);
    expect(cells('Title (partner’s field)')).toEqual(['x', '', '']);
    expect(cells("'=evil()")).toEqual(['', "'=1+1", '']);
    expect(cells('beds')).toEqual(['', '3', '']);
    expect(cells('flags')).toEqual(['', '[true]', '']);
    expect(cells('isNew')).toEqual(['', 'no', '']);
    expect(cells('tags')).toEqual(['', '', 'a, b']);
  });

  it('has columns for the exported providers only', async () => {
    await stored({ phone: '1' }, { fax: '2' });
    const [row = {}] = await download('&search=family+0');
    expect(row).toMatchObject({ phone: '1' });
    expect(row).not.toHaveProperty('fax');
  });

  it('keeps fields beyond the columns in one cell', async () => {
    const many = Object.fromEntries(Array.from({ length: MOST_NAMES + 2 }, (_, n) => [`field ${n}`, n]));
    await stored(many, many, { rare: 'kept' });
    const rows = await download('');
    expect(Object.keys(rows[0] ?? {})).toHaveLength(9 + MOST_NAMES + 1 + 1);
    const rest = rows.map((row) => row['Other fields'] ?? '');
    expect(rest.map((cell) => (cell === '' ? 0 : Object.keys(JSON.parse(cell)).length))).toEqual([2, 2, 1]);
    expect(rest[2]).toBe('{"rare":"kept"}');
  });

  it('keeps a field that only a provider beyond the first ones has', async () => {
    await store.dataSource.query(
      `INSERT INTO providers (partner, identity_key, given_name, family_name, attributes,
         first_seen_at, last_seen_at, last_changed_at)
       SELECT 'noteworth', decode(md5(n::text) || md5('x' || n), 'hex'), 'Given', 'Family ' || n,
         CASE WHEN n <= $1::integer THEN '{"phone": "1"}' ELSE '{"late": "kept"}' END::jsonb, now(), now(), now()
       FROM generate_series(1, $1::integer + 10) n`,
      [LOOKED_AT],
    );
    const { body } = await ask<string>(api, '/api/v1/providers?format=csv&headings=words&sort=-firstSeenAt');
    const lines = body.trimEnd().split('\r\n');
    expect(lines[0]).toContain(',phone,');
    expect(lines).toHaveLength(LOOKED_AT + 11);
    expect(lines.filter((line) => line.includes('kept'))).toHaveLength(10);
  });

  it('has the chosen columns in the chosen order', async () => {
    await stored({ phone: '1' });
    const [row = {}] = await download('&columns=clinic,attributes,familyName,clinic');
    expect(Object.entries(row)).toEqual([
      ['Clinic', 'North Clinic'],
      ['phone', '1'],
      ['Family name', 'Family 0'],
    ]);
    const { body } = await ask<string>(api, '/api/v1/providers?format=csv&columns=familyName,attributes');
    expect(body).toBe('familyName,attributes\r\nFamily 0,"{""phone"":""1""}"\r\n');
    const refused = await ask(api, '/api/v1/providers?format=csv&columns=familyName,phone');
    expect([refused.status, JSON.stringify(refused.body.errors)]).toEqual([
      400,
      expect.stringContaining('is no column of this list: id, partner, givenName'),
    ]);
  });

  it('has semicolons by choice, and writes no formula then either', async () => {
    await sync(store.dataSource, 'sample', [provider('a', { familyName: '=1;2', clinic: 'North; South' })]);
    const [row] = await download('&separator=semicolon', 'providers', ';');
    expect(row).toMatchObject({ 'Family name': "'=1;2", Clinic: 'North; South' });
  });

  it('is available for runs and for rejected records', async () => {
    const runId = await openedRun(store.dataSource);
    const rejected = [
      {
        position: 0,
        reason: 'MissingField',
        field: 'clinic',
        raw: '{}',
        givenName: 'Ada',
        familyName: 'Byron',
      },
    ] as never;
    await saveSync(store.dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer([provider('1')], { rejected }),
      calls: [],
    });
    expect(await download('', 'rejected-records')).toMatchObject([
      { Problem: 'Ada Byron: clinic is missing', 'Record number': '1', 'Run id': runId },
    ]);
    expect(await download('', 'rejected-records/groups')).toMatchObject([
      { Problem: 'Ada Byron: clinic is missing', 'In the directory': 'Not in the directory.' },
    ]);
    expect(await download('', 'syncs')).toMatchObject([
      { Status: 'succeeded', New: '1', 'Started (UTC)': expect.stringMatching(/^[\d-]{10} [\d:]{8}$/) },
    ]);
  });
});

describe('the calls of a run', () => {
  const calledRun = async () => {
    const calls = [
      call(),
      ...[1, 2, 3].map((attempt) =>
        call({
          endpoint: 'providers',
          attempt,
          startedAt: `2026-01-02T03:04:1${attempt}.000Z`,
          ...(attempt < 3 && { outcome: 'PartnerError', httpStatus: 500, detail: 'HTTP 500' }),
        }),
      ),
    ];
    const runId = await openedRun(store.dataSource);
    const saved = { runId, partner: 'noteworth', feed: 'sample', answer: answer([provider('1')]), calls };
    await saveSync(store.dataSource, saved as never);
    return runId;
  };

  it('are available in words', async () => {
    const rows = await download('', `syncs/${await calledRun()}/calls`);
    expect(rows.map((row) => [row.Call, row.Attempt, row.Outcome, row['What was wrong']])).toEqual([
      ['Authenticate', '1', 'answered', ''],
      ['Fetch providers', '1', 'PartnerError', 'HTTP 500'],
      ['Fetch providers', '2', 'PartnerError', 'HTTP 500'],
      ['Fetch providers', '3', 'answered', ''],
    ]);
    expect(rows[0]).toMatchObject({ 'Called (UTC)': '2026-01-02 03:04:05', Milliseconds: '12' });
  });

  it('have the chosen columns, and are lines of JSON by Accept', async () => {
    const path = `/api/v1/syncs/${await calledRun()}/calls`;
    const { body } = await ask<string>(api, `${path}?format=csv&columns=attempt,outcome`);
    expect(body.split('\r\n').slice(0, 2)).toEqual(['attempt,outcome', '1,ok']);
    const lines = await ask<string>(api, path, { headers: { Accept: 'application/x-ndjson' } });
    const items = lines.body.trimEnd().split('\n');
    expect(items.map((line) => JSON.parse(line))).toEqual(
      (await ask<{ items: object[] }>(api, path)).body.items,
    );
    expect(items).toHaveLength(4);
  });

  it('can be downloaded on the page of the run and on that of its calls', async () => {
    const runId = await calledRun();
    for (const path of [`/runs/${runId}`, `/runs/${runId}/calls`]) {
      const { body } = await ask<string>(api, path, { headers: { Accept: 'text/html' } });
      expect(body).toContain('Download these 4 calls as CSV');
      const [, href = ''] = /<a id="calls-export" href="([^"]*)"/.exec(body) ?? [];
      const { body: file, headers } = await ask<string>(api, href.replaceAll('&amp;', '&'));
      expect(parse(file, { bom: true, columns: true })).toHaveLength(4);
      const name = new RegExp(`filename=calls-run-${runId.slice(0, 8)}-[\\d-]{10}\\.csv`);
      expect(headers.get('Content-Disposition')).toMatch(name);
    }
  });
});

describe('the button of a page', () => {
  it('says how many items the file has, and the file has them', async () => {
    await sync(store.dataSource, 'sample', [
      ...Array.from({ length: 3 }, (_, n) => provider(`r${n}`, { clinic: 'Riverbend' })),
      ...Array.from({ length: 60 }, (_, n) => provider(`n${n}`)),
    ]);
    const { body } = await ask<string>(api, '/providers?clinic=Riverbend', {
      headers: { Accept: 'text/html' },
    });
    expect(body).toContain('Download these 3 as CSV');
    const [, href = ''] = /<a id="export" href="([^"]*)"/.exec(body) ?? [];
    const { body: file, headers } = await ask<string>(api, href.replaceAll('&amp;', '&'));
    expect(parse(file, { bom: true, columns: true })).toHaveLength(3);
    expect(headers.get('Content-Disposition')).toMatch(/filename=providers-riverbend-[\d-]{10}\.csv/);
    expect((await ask<string>(api, '/providers', { headers: { Accept: 'text/html' } })).body).toContain(
      'Download these 63 as CSV',
    );
  });
});
