import { createHash, createHmac } from 'node:crypto';
import type { FamilyName } from '../../../src/simulator/family/family';
import {
  bearer,
  CLIENT,
  get,
  type Headers,
  simulator,
  token,
  tokens,
  useFamily,
} from '../../support/family-caller';

useFamily();

function basic(id: string, secret: string): Headers {
  return { Authorization: `Basic ${btoa(`${id}:${secret}`)}` };
}

describe('the checks of callers', () => {
  it('noclist takes the checksum of the newest token and the path', async () => {
    const take = async () => (await get('noclist', '/auth')).headers.get('Badsec-Authentication-Token') ?? '';
    const users = (given: string) =>
      get('noclist', '/users', {
        'X-Request-Checksum': createHash('sha256').update(`${given}/noclist/users`).digest('hex'),
      });
    expect((await users('')).status).toBe(403);
    const [first, second] = [await take(), await take()];
    expect(tokens.slice(-2)).toEqual([first, second]);
    expect((await get('noclist', '/users')).status).toBe(401);
    expect((await users(first)).status).toBe(403);
    const { status, text } = await users(second);
    expect([status, text.split('\n').length]).toEqual([200, 26]);
  });

  it.each([
    ['the secret in the form', 200, CLIENT, {}],
    ['the secret in Basic', 200, { grant_type: 'client_credentials' }, basic('me', 'acme-secret')],
    ['both at once', 400, CLIENT, basic('me', 'acme-secret')],
    ['a wrong secret', 401, { ...CLIENT, client_secret: 'x' }, {}],
    ['a wrong name in Basic', 401, { grant_type: 'client_credentials' }, basic('you', 'acme-secret')],
    ['another grant', 400, { ...CLIENT, grant_type: 'password' }, {}],
    ['no grant', 400, { client_id: 'me', client_secret: 'acme-secret' }, {}],
    ['JSON', 400, CLIENT, { 'Content-Type': 'application/json' }],
  ] as const)('acme answers a request for a token with %s by %i', async (_what, status, form, headers) => {
    const given = await token(form, headers);
    expect(given.status).toBe(status);
    expect(given.body).toHaveProperty(status === 200 ? 'access_token' : 'error');
    if (status === 200) expect(tokens.at(-1)).toBe(given.body.access_token);
  });

  it('acme takes tokens until they expire', async () => {
    expect((await get('acme', '/v1/clinicians')).headers.get('WWW-Authenticate')).toBe('Bearer realm="acme"');
    const wrong = await get('acme', '/v1/clinicians', { Authorization: 'Bearer x' });
    expect([wrong.status, wrong.headers.get('WWW-Authenticate')]).toEqual([
      401,
      expect.stringContaining('error="invalid_token"'),
    ]);
    const [first, second] = [await bearer(), await bearer()];
    const status = async (headers: Headers) => (await get('acme', '/v1/clinicians', headers)).status;
    expect([await status(first), await status(second)]).toEqual([200, 200]);
    simulator.family.acme.script({ endpoint: 'providers', steps: ['expireToken'] });
    expect([await status(first), await status(second), await status(await bearer())]).toEqual([
      401, 401, 200,
    ]);
  });

  it('county takes its key only', async () => {
    expect((await get('county', '/clinicians.csv')).status).toBe(401);
    expect((await get('county', '/clinicians.csv', { 'X-Api-Key': 'x' })).status).toBe(403);
    const { status, text } = await get('county', '/clinicians.csv', { 'X-Api-Key': 'county-key' });
    expect([status, text.split('\r\n').length]).toEqual([200, 27]);
  });

  it.each([
    ['a good signature', 200, {}],
    ['the signature of another path', 403, { path: '/signed/other' }],
    ['another key', 403, { key: 'x' }],
    ['an old time', 401, { time: Math.floor(Date.now() / 1000) - 301 }],
    ['a time in words', 401, { time: 'now' }],
  ])('signed answers %s by %i', async (_what, status, more) => {
    const { path, key, time } = {
      path: '/signed/providers',
      key: 'signed-key',
      time: Math.floor(Date.now() / 1000),
      ...more,
    };
    const signature = createHmac('sha256', key).update(`GET\n${path}\n${time}`).digest('hex');
    const headers = { 'X-Timestamp': String(time), 'X-Signature': signature };
    expect((await get('signed', '/providers', headers)).status).toBe(status);
    expect((await get('signed', '/providers', { 'X-Signature': signature })).status).toBe(401);
  });

  it('the registry reports a wrong version under a 200', async () => {
    const { status, text } = await get('nppes', '/api/?version=1');
    expect([status, Object.keys(JSON.parse(text))]).toEqual([200, ['Errors']]);
  });
});

describe('the pages', () => {
  /** Follows a partner from page to page with `next`, which returns the next path or null. */
  async function follow(
    name: FamilyName,
    first: string,
    next: (page: Awaited<ReturnType<typeof get>>) => string | null,
  ) {
    const headers = name === 'acme' ? await bearer() : {};
    const pages = [];
    for (let path: string | null = first; path !== null; ) {
      const page = await get(name, path, headers);
      expect(page.status).toBe(200);
      pages.push(page);
      path = next(page);
    }
    return pages;
  }
  const within = (name: FamilyName, address: string) =>
    address.replace(simulator.url, '').replace(`/${name}/`, '/');

  it('of acme are linked by absolute or relative addresses', async () => {
    for (const links of ['absolute', 'relative'] as const) {
      simulator.family.acme.configure({ links, pageSize: 10 });
      const pages = await follow('acme', '/v1/clinicians', ({ text }) => {
        const { next } = JSON.parse(text);
        expect(next?.startsWith('http') ?? links === 'absolute').toBe(links === 'absolute');
        return next && within('acme', next);
      });
      const ids = pages.flatMap(({ text }) => JSON.parse(text).data.map(({ id }: { id: string }) => id));
      expect([pages.length, new Set(ids).size]).toEqual([3, 25]);
    }
  });

  it('of the hospital are searchsets, whose next addresses have another path', async () => {
    const pages = await follow('hospital', '/fhir/Practitioner?_count=10', ({ text }) => {
      const { resourceType, type, total, link } = JSON.parse(text);
      expect([resourceType, type, total]).toEqual(['Bundle', 'searchset', 25]);
      const next = link.find(({ relation }: { relation: string }) => relation === 'next');
      if (next) expect(next.url).toContain('/hospital/fhir?_getpages=');
      return next ? within('hospital', next.url) : null;
    });
    expect(pages.map(({ text }) => JSON.parse(text).entry.length)).toEqual([10, 10, 5]);
    simulator.family.hospital.configure({ records: 0 });
    expect(JSON.parse((await get('hospital', '/fhir/Practitioner')).text)).not.toHaveProperty('entry');
  });

  it('of the registry are counted by the caller', async () => {
    const counts = [];
    for (let skip = 0; skip <= 30; skip += 10) {
      const { result_count: count, results } = JSON.parse(
        (await get('nppes', `/api/?version=2.1&limit=10&skip=${skip}`)).text,
      );
      expect(results).toHaveLength(count);
      counts.push(count);
    }
    expect(counts).toEqual([10, 10, 5, 0]);
  });

  it('can be in the header Link, for any format', async () => {
    simulator.family.export.configure({ paging: 'header', pageSize: 10, links: 'relative' });
    const pages = await follow('export', '/export.ndjson', ({ headers }) => {
      const next = /<([^>]+)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1];
      return next === undefined ? null : within('export', next);
    });
    expect(pages.map(({ text }) => text.trim().split('\n').length)).toEqual([10, 10, 5]);
  });

  it('can be reached by a cursor, which an address must escape', async () => {
    simulator.family.acme.configure({ paging: 'cursor', pageSize: 10 });
    const pages = await follow('acme', '/v1/clinicians', ({ text }) => {
      const { next } = JSON.parse(text);
      return next && `/v1/clinicians?page_token=${encodeURIComponent(next)}`;
    });
    expect(pages).toHaveLength(3);
    const { next } = JSON.parse(pages[0]?.text ?? '');
    expect(encodeURIComponent(next)).not.toBe(next);
  });
});
