import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { bearer, get, simulator, useFamily } from '../../support/family-caller';

useFamily();

describe('a body', () => {
  it('can be compressed as Content-Encoding, for callers that accept it', async () => {
    simulator.family.export.configure({ compression: 'encoding' });
    const plain = await get('export', '/export.ndjson', { 'Accept-Encoding': 'identity' });
    expect(plain.headers.get('Content-Encoding')).toBeNull();
    const packed = await get('export', '/export.ndjson', { 'Accept-Encoding': 'gzip' });
    expect([packed.headers.get('Content-Encoding'), packed.text]).toEqual(['gzip', plain.text]);
  });

  it('can be a gzip file', async () => {
    const plain = await get('export', '/export.ndjson');
    simulator.family.export.configure({ compression: 'file' });
    const response = await fetch(`${simulator.family.export.url}/export.ndjson`);
    expect(response.headers.get('Content-Type')).toBe('application/gzip');
    expect(gunzipSync(await response.bytes()).toString()).toBe(plain.text);
  });

  it('of a million records is made while it is sent', async () => {
    simulator.family.export.configure({ records: 1_000_000 });
    const response = await fetch(`${simulator.family.export.url}/export.ndjson`);
    let [bytes, most] = [0, 0];
    const before = process.memoryUsage().rss;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > 30_000_000) break;
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(most).toBeLessThan(100_000_000);
  });
});

describe('a fault', () => {
  const page = (number: number) => `/v1/clinicians?page_size=10&page_token=${number}`;
  beforeEach(() => simulator.family.acme.configure({ paging: 'page' }));

  it('applies to its page only, and is counted', async () => {
    const headers = await bearer();
    simulator.family.acme.script({
      endpoint: 'providers',
      page: 2,
      steps: ['error500', { fault: 'status', status: 429, retryAfter: '7' }],
    });
    const statuses = [];
    for (const number of [1, 2, 2, 2, 3]) statuses.push(await get('acme', page(number), headers));
    expect(statuses.map(({ status }) => status)).toEqual([200, 500, 429, 200, 200]);
    expect(statuses[2]?.headers.get('Retry-After')).toBe('7');
    const state = JSON.parse((await get('acme', '/control')).text);
    expect(state).toMatchObject({
      counts: { auth: { none: 1 }, providers: { none: 3, error500: 1, status: 1 } },
      pages: { 1: 1, 2: 3, 3: 1 },
    });
    expect(simulator.family.acme.calls.map(({ page: called }) => called)).toEqual([undefined, 1, 2, 2, 2, 3]);
  });

  it.each(['none', 'encoding', 'file'] as const)(
    'cut ends a body in its middle under a Content-Length that matches: compression %s',
    async (compression) => {
      const { export: files } = simulator.family;
      const take = async () => (await rawBytes(`${files.url}/export.ndjson`)).length;
      files.configure({ compression });
      const whole = await take();
      files.script({ endpoint: 'providers', steps: ['cut'] });
      expect(await take()).toBe(Math.floor(whole / 2));
      expect(files.calls.map(({ ended }) => ended)).toEqual(['answered', 'answered']);
    },
  );

  it.each(['cutConnection', 'stall'] as const)('%s sends half of what it promises', async (step) => {
    simulator.family.export.script({ endpoint: 'providers', steps: [step] });
    const leaving = new AbortController();
    const { signal } = leaving;
    const response = await fetch(`${simulator.family.export.url}/export.ndjson`, { signal });
    const half = Math.floor(Number(response.headers.get('Content-Length')) / 2);
    let bytes = 0;
    const read = async () => {
      for await (const chunk of response.body ?? []) {
        bytes += chunk.length;
        if (bytes === half) leaving.abort();
      }
    };
    await expect(read()).rejects.toThrow();
  });

  it.each([
    ['repeatLink', 10, '_getpages=YWZ0ZXI%2BMD9%2B', 25],
    ['loseLink', 10, null, 25],
    [{ fault: 'shrinkTotal', by: 3 }, 10, '_getpages=', 22],
    [{ fault: 'shortPage', count: 4 }, 4, '_getpages=', 25],
    ['emptyPage', undefined, '_getpages=', 25],
  ] as const)('%j changes what a page says', async (step, count, next, total) => {
    simulator.family.hospital.script({ endpoint: 'providers', page: 1, steps: [step] });
    const bundle = JSON.parse((await get('hospital', '/fhir/Practitioner?_count=10')).text);
    const link = bundle.link.find(({ relation }: { relation: string }) => relation === 'next')?.url ?? null;
    expect([bundle.entry?.length, bundle.total]).toEqual([count, total]);
    expect(link).toEqual(next === null ? null : expect.stringContaining(next));
  });
});

/** The body as it is on the wire, without decompression. */
function rawBytes(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
      buffer(response).then(resolve, reject);
    })
      .on('error', reject)
      .end();
  });
}
