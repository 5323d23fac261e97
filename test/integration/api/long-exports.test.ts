import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createGunzip } from 'node:zlib';
import { Client, type Pool } from 'pg';
import { TIMEOUTS } from '../../../src/contract/timeouts';
import { ask, startTestApi, useApi } from '../../support/api';
import { until } from '../../support/scenario';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore({ keepRows: true });
const api = useApi(() => ({ dataSource: store.dataSource }));

/** The providers in the directory. */
const COUNT = 20_000;

beforeAll(async () => {
  // The index takes most of the time of filling, and no test here uses it.
  await store.dataSource.query('DROP INDEX providers_search');
  await fill(1, COUNT);
});
afterEach(() => jest.restoreAllMocks());

/** Stores the providers with these numbers with attributes directly, without a sync. */
async function fill(first: number, last: number): Promise<void> {
  await store.dataSource.query(
    `INSERT INTO providers (partner, identity_key, given_name, family_name, title, clinic, attributes,
       first_seen_at, last_seen_at, last_changed_at)
     SELECT 'noteworth', decode(md5(n::text) || md5('x' || n), 'hex'), 'Given ' || n, 'Family ' || n % 1000,
       'Dr.', 'Clinic ' || n % 50, '{"phone": "1"}', now(), now(), now()
     FROM generate_series($1::integer, $2::integer) n`,
    [first, last],
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

describe('the export of a long list', () => {
  it.each([
    ['csv', 'identity'],
    ['csv', 'gzip'],
    ['ndjson', 'identity'],
    ['ndjson', 'gzip'],
  ])('as %s (%s) breaks off if Postgres fails, and does not look complete', async (format, encoding) => {
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
    expect(api.log()).not.toContain('stack');
    await until(isPoolFree);
  });

  it('is completed even if the server is asked to stop', async () => {
    // A busy machine needs longer than a stop allows.
    jest.replaceProperty(TIMEOUTS, 'openRequests', 60_000 as never);
    const stopping = await startTestApi({ dataSource: store.dataSource });
    const response = await startExport('ndjson', 'identity', stopping);
    const closed = stopping.close();
    let lines = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      lines += part.filter((byte) => byte === 10).length;
    }
    await closed;
    expect([lines, response.complete]).toEqual([COUNT, true]);
  });

  it('leaves half of the connections free: one more export answers 503', async () => {
    const exports = [await startExport(), await startExport('csv')];
    const { status, headers, body } = await ask(api, '/api/v1/providers?format=ndjson');
    expect([status, body.detail]).toEqual([503, expect.stringContaining('exports')]);
    expect(headers.get('Retry-After')).toMatch(/^\d+$/);
    expect((await ask(api, '/api/v1/providers')).status).toBe(200);
    for (const response of exports) response.destroy();
    await until(isPoolFree);
    const again = await startExport();
    expect(again.statusCode).toBe(200);
    expect(await linesOf(again)).toHaveLength(COUNT);
  });

  it.each([
    ['to its end', (response: IncomingMessage) => linesOf(response)],
    ['no further', (response: IncomingMessage) => response.destroy()],
  ])('returns its connection when it is read %s', async (_case, read) => {
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
    jest.replaceProperty(TIMEOUTS, bound, 300 as never);
    const response = await startExport();
    await until(isPoolFree);
    expect(api.log()).toContain(why);
    await expect(linesOf(response)).rejects.toThrow('aborted');
    expect(response.complete).toBe(false);
  });

  it('may be read with longer pauses than Postgres may be silent', async () => {
    jest.replaceProperty(TIMEOUTS, 'silenceAfterStatement', (5_000 - TIMEOUTS.statement) as never);
    const response = await startExport();
    await sleep(6_000);
    expect(await linesOf(response)).toHaveLength(COUNT);
  });
});

describe('the export of a long list, while a sync changes it,', () => {
  afterAll(async () => {
    await store.dataSource.query('DELETE FROM provider_changes');
    await store.dataSource.query(`DELETE FROM providers WHERE given_name LIKE 'Given known %'`);
  });

  it.each(['name', 'lastChangedAt', '-lastChangedAt', '-firstSeenAt'])(
    'by %s is whole, and as it was when it began',
    async (sort) => {
      const known = (familyName: string, title: string) =>
        Array.from({ length: 20 }, (_, n) => provider(`known ${n}`, { familyName, title }));
      await sync(store.dataSource, 'sample', known('Zz before', 'PA'));
      const response = await startExport(`ndjson&sort=${sort}`);
      await sync(store.dataSource, 'sample', known('Aa after', 'Dr.'));
      const found = (await linesOf(response)).map((line) => JSON.parse(line));
      expect(new Set(found.map(({ id }) => id)).size).toBe(COUNT + 20);
      expect(found).toHaveLength(COUNT + 20);
      const those = found.filter(({ givenName }) => givenName.startsWith('Given known'));
      expect(those.map(({ familyName, title }) => `${familyName}, ${title}`)).toEqual(
        Array(20).fill('Zz before, PA'),
      );
    },
  );
});

describe('the export of a very long list', () => {
  it('is read from Postgres only as far as the reader takes it, in constant memory', async () => {
    for (let count = COUNT; count < 5 * COUNT; count += COUNT) await fill(count + 1, count + COUNT);
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
    expect(lines).toBe(5 * COUNT);
    expect(bytes).toBeGreaterThan(30e6);
    expect(most - before).toBeLessThan(12e6);
  });
});
