import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createGunzip } from 'node:zlib';
import { Client, type Pool } from 'pg';
import { TIMEOUTS } from '../../../src/contract/timeouts';
import { saveSync } from '../../../src/store/save/save-sync';
import { ask, startTestApi, useApi } from '../../support/api';
import { readCsvRows } from '../../support/read-csv';
import { until } from '../../support/scenario';
import { answer, call, openedRun, provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));

beforeAll(async () => {
  // The index takes most of the time of filling, and no test here uses it.
  await store.dataSource.query('DROP INDEX providers_search');
});
afterEach(() => jest.restoreAllMocks());

/** Stores this many providers with attributes directly, without a sync. */
async function fill(count: number): Promise<void> {
  await store.dataSource.query(
    `INSERT INTO providers (partner, identity_key, given_name, family_name, title, clinic, attributes,
       first_seen_at, last_seen_at, last_changed_at)
     SELECT 'noteworth', decode(md5(n::text) || md5('x' || n), 'hex'), 'Given ' || n, 'Family ' || n % 1000,
       'Dr.', 'Clinic ' || n % 50, '{"phone": "1"}', now(), now(), now()
     FROM generate_series(1, $1::integer) n`,
    [count],
  );
  await store.dataSource.query('ANALYZE providers');
}

/** Begins an export of providers. Unlike fetch, this receives nothing that is not read. */
function startExport(format = 'ndjson', encoding = 'identity', from = api): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const url = `${from.url}/api/v1/providers?format=${format}`;
    get(url, { headers: { 'Accept-Encoding': encoding } }, resolve).on('error', reject);
  });
}

async function linesOf(response: AsyncIterable<Buffer>): Promise<string[]> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  return Buffer.concat(parts).toString().split('\n').slice(0, -1);
}

/** The open transactions of other connections, and since when each waits for its next statement. */
function openTransactions(): Promise<{ pid: number; waitsSince: Date }[]> {
  return store.dataSource.query(
    `SELECT pid, state_change AS "waitsSince" FROM pg_stat_activity
     WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()`,
  );
}

/** Whether every connection is back in the pool, without a transaction. */
async function isPoolFree(): Promise<boolean> {
  const { totalCount, idleCount } = Reflect.get(store.dataSource.driver, 'master') as Pool;
  return totalCount === idleCount && (await openTransactions()).length === 0;
}

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

  it('is read from Postgres only as far as the reader takes it, in constant memory', async () => {
    await fill(100_000);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const inUse = () => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const response = await startExport();
    let since = 0;
    for (let quiet = 0; quiet < 25; ) {
      await sleep(20);
      const [transaction] = await openTransactions();
      // After the export is read to its end, the transaction is closed.
      const waitsSince = transaction?.waitsSince.getTime() ?? Number.NaN;
      quiet = waitsSince === since ? quiet + 1 : 0;
      since = waitsSince;
    }

    const before = inUse();
    let most = before;
    let bytes = 0;
    let lines = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      if (Math.floor((bytes + part.length) / 4e6) > Math.floor(bytes / 4e6)) most = Math.max(most, inUse());
      bytes += part.length;
      lines += part.filter((byte) => byte === 10).length;
    }
    expect(lines).toBe(100_000);
    expect(bytes).toBeGreaterThan(30e6);
    expect(most - before).toBeLessThan(12e6);
  });

  it.each([
    ['csv', 'identity'],
    ['csv', 'gzip'],
    ['ndjson', 'identity'],
    ['ndjson', 'gzip'],
  ])('as %s (%s) breaks off if Postgres fails, and does not look complete', async (format, encoding) => {
    await fill(20_000);
    const end = await new Promise<string>((resolve, reject) => {
      const url = `${api.url}/api/v1/providers?format=${format}`;
      get(url, { headers: { 'Accept-Encoding': encoding } }, (response) => {
        expect(response.headers['content-encoding'] ?? 'identity').toBe(encoding);
        const body = encoding === 'gzip' ? response.pipe(createGunzip()) : response;
        response.on('error', () => resolve(`broken, complete: ${response.complete}`));
        body.on('error', () => undefined);
        body.once('data', () => {
          body.pause();
          openTransactions()
            .then(([{ pid } = { pid: 0 }]) =>
              store.dataSource.query('SELECT pg_terminate_backend($1)', [pid]),
            )
            .then(() => body.resume())
            .catch(reject);
        });
        body.on('end', () => resolve(`ended, complete: ${response.complete}`));
      }).on('error', reject);
    });
    expect(end).toBe('broken, complete: false');
    expect(api.log()).toContain('An export broke off');
    expect(api.log()).not.toContain('SELECT');
    await until(isPoolFree);
  });

  it('is completed even if the server is asked to stop', async () => {
    await fill(20_000);
    const stopping = await startTestApi({ dataSource: store.dataSource });
    const response = await startExport('ndjson', 'identity', stopping);
    const closed = stopping.close();
    let lines = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      lines += part.filter((byte) => byte === 10).length;
    }
    await closed;
    expect([lines, response.complete]).toEqual([20_000, true]);
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

  it.each(['name', 'lastChangedAt', '-lastChangedAt', '-firstSeenAt'])(
    'by %s is whole, and as it was when it began, whatever a sync does meanwhile',
    async (sort) => {
      const known = (familyName: string, title: string) =>
        Array.from({ length: 20 }, (_, n) => provider(`known ${n}`, { familyName, title }));
      await sync(store.dataSource, 'sample', known('Zz before', 'PA'));
      await fill(20_000);
      const response = await startExport(`ndjson&sort=${sort}`);
      await sync(store.dataSource, 'sample', known('Aa after', 'Dr.'));
      const found = (await linesOf(response)).map((line) => JSON.parse(line));
      expect(new Set(found.map(({ id }) => id)).size).toBe(20_020);
      expect(found).toHaveLength(20_020);
      const those = found.filter(({ givenName }) => givenName.startsWith('Given known'));
      expect(those.map(({ familyName, title }) => `${familyName}, ${title}`)).toEqual(
        Array(20).fill('Zz before, PA'),
      );
    },
  );

  it('leaves half of the connections free: one more export answers 503', async () => {
    await fill(20_000);
    const exports = [await startExport(), await startExport('csv')];
    const { status, headers, body } = await ask(api, '/api/v1/providers?format=ndjson');
    expect([status, body.detail]).toEqual([503, expect.stringContaining('exports')]);
    expect(headers.get('Retry-After')).toMatch(/^\d+$/);
    expect((await ask(api, '/api/v1/providers')).status).toBe(200);
    for (const response of exports) response.destroy();
    await until(isPoolFree);
    const again = await startExport();
    expect(again.statusCode).toBe(200);
    expect(await linesOf(again)).toHaveLength(20_000);
  });

  it.each([
    ['to its end', (response: IncomingMessage) => linesOf(response)],
    ['no further', (response: IncomingMessage) => response.destroy()],
  ])('returns its connection when it is read %s', async (_case, read) => {
    await fill(20_000);
    for (const [format, encoding] of [
      ['ndjson', 'identity'],
      ['ndjson', 'gzip'],
      ['csv', 'identity'],
      ['csv', 'gzip'],
    ] as const) {
      await read(await startExport(format, encoding));
      await until(isPoolFree);
    }
  });

  it('returns its connection if it is never begun, or if Postgres fails', async () => {
    await fill(1_000);
    const locker = new Client({ connectionString: store.url });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE providers');
    const leaving = get(`${api.url}/api/v1/providers?format=csv`).on('error', () => undefined);
    await until(async () => {
      const waiting = await store.dataSource.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    leaving.destroy();
    await until(() => leaving.closed);
    await locker.end();
    await until(isPoolFree);
    await store.dataSource.query('ALTER TABLE providers RENAME TO gone');
    try {
      // More often than the pool has connections.
      for (let time = 0; time < 6; time += 1) {
        expect((await ask(api, '/api/v1/providers?format=csv')).body.type).toBe('StoreUnavailable');
      }
    } finally {
      await store.dataSource.query('ALTER TABLE gone RENAME TO providers');
    }
    await until(isPoolFree);
  });

  it.each([
    ['exportStall', 'its reader took nothing for too long'],
    ['export', 'its reader took too long for all of it'],
  ] as const)('is ended, and that is said, at the bound %s', async (bound, why) => {
    await fill(20_000);
    jest.replaceProperty(TIMEOUTS, bound, 300 as never);
    const response = await startExport();
    await until(isPoolFree);
    expect(api.log()).toContain(why);
    await expect(linesOf(response)).rejects.toThrow('aborted');
    expect(response.complete).toBe(false);
  });

  it('may be read with longer pauses than Postgres may be silent', async () => {
    await fill(20_000);
    jest.replaceProperty(TIMEOUTS, 'silenceAfterStatement', (2_000 - TIMEOUTS.statement) as never);
    const response = await startExport();
    await sleep(3_000);
    expect(await linesOf(response)).toHaveLength(20_000);
  });
});
