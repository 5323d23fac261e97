import { randomBytes } from 'node:crypto';
import type { Bundle } from 'fhir/r4';
import { payloadKeysSchema } from '../../../src/process/payload-keys';
import { listProviders } from '../../../src/store/directory/read-providers';
import type { Page } from '../../../src/store/lists/cursor';
import { ask, startTestApi, type TestApi } from '../../support/api';
import { provider, sync, useStore } from '../../support/store-fixtures';
import { testTemporalConfig, UNREACHABLE } from '../../support/temporal-config';
import { useOpened } from '../../support/use-opened';

const KEY = `one:${randomBytes(32).toString('base64')}`;
const OTHER_KEY = `two:${randomBytes(32).toString('base64')}`;
const NAMES = /quimby|oleander|wisteria/i;
const COUNT = 60;

const store = useStore({ keepRows: true });
const api = useOpened(
  () => startWith(KEY),
  (opened) => opened.close(),
);

beforeAll(async () => {
  const people = (title: string) =>
    Array.from({ length: COUNT }, (_, n) =>
      provider(`${n}`, {
        givenName: `Oleander ${n}`,
        familyName: `Quimby ${n}`,
        clinic: `Wisteria ${n}`,
        title,
      }),
    );
  await sync(store.dataSource, 'sample', people('PA'));
  await sync(store.dataSource, 'sample', people('Dr.'));
});

function startWith(...keys: string[]): Promise<TestApi> {
  const payloadKeys = payloadKeysSchema.parse(keys.join(','));
  const temporal = testTemporalConfig({ connection: UNREACHABLE, payloadKeys });
  return startTestApi({ dataSource: store.dataSource, temporal });
}

/** Fails if the address has a name in it, also in a decoded part. */
function expectNoNames(address: string): void {
  const parts = [address, ...address.split(/[/?&=#]/)].map((part) => decodeURIComponent(part));
  const decoded = parts.flatMap((part) => [part, Buffer.from(part, 'base64url').toString()]);
  expect(decoded.filter((text) => NAMES.test(text))).toEqual([]);
}

describe('an address of a page', () => {
  it.each(['name', '-lastChangedAt', '-firstSeenAt'])(
    'of the API holds no name, and leads through the list by %s',
    async (sort) => {
      const found: string[] = [];
      let address = `/api/v1/providers?limit=25&sort=${sort}`;
      for (let page = 0; page < 3; page += 1) {
        expectNoNames(address);
        const { headers, body } = await ask<Page<{ id: string }>>(api, address);
        expect((await ask(api, address)).headers.get('ETag')).toBe(headers.get('ETag'));
        found.push(...body.items.map(({ id }) => id));
        address = `/api/v1/providers?limit=25&sort=${sort}&cursor=${body.nextCursor}`;
      }
      expect(address).toContain('cursor=null');
      expect(new Set(found).size).toBe(COUNT);
    },
  );

  it('of a web page has no name in it', async () => {
    const links = async (path: string) => {
      const { body } = await ask<string>(api, path, { headers: { Accept: 'text/html' } });
      return [...body.matchAll(/href="([^"]*cursor=[^"]*)"/g)].map(([, link = '']) =>
        link.replaceAll('&amp;', '&'),
      );
    };
    const [next = ''] = await links('/providers');
    expectNoNames(next);
    const { status, body } = await ask<string>(api, next, { headers: { Accept: 'text/html' } });
    expect([status, body.match(/Quimby \d+, /g)?.length]).toEqual([200, COUNT - 50]);
  });

  it('of FHIR has no name in it for a search by form', async () => {
    const form = (parameters: Record<string, string>) => ({
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    for (const [type, parameters] of [
      ['Practitioner', { 'family:contains': 'quimby', given: 'oleander' }],
      ['Organization', { name: 'wisteria' }],
    ] as const) {
      const found: (string | undefined)[] = [];
      const sent = form({ ...parameters, _count: '25', _sort: 'name' });
      let { body: bundle } = await ask<Bundle>(api, `/fhir/R4/${type}/_search`, sent);
      for (;;) {
        const links = Object.fromEntries((bundle.link ?? []).map(({ relation, url }) => [relation, url]));
        for (const url of Object.values(links)) expectNoNames(url);
        const { body: same } = await ask<Bundle>(api, pathOf(links.self));
        expect(same).toEqual(bundle);
        found.push(...(bundle.entry ?? []).map(({ fullUrl }) => fullUrl));
        if (!links.next) break;
        ({ body: bundle } = await ask<Bundle>(api, pathOf(links.next)));
      }
      expect(new Set(found).size).toBe(COUNT);
    }
  });

  it('of FHIR has no name in it for the place where a page ends', async () => {
    const { body } = await ask<Bundle>(api, '/fhir/R4/Practitioner?_count=25');
    for (const { url } of body.link ?? []) expectNoNames(url);
    expect(body.link).toHaveLength(2);
  });

  const pathOf = (url = '') => url.slice(api.url.length);
});

describe('a cursor', () => {
  it('is accepted by an API whose keys have been rotated, but not without its key', async () => {
    const { nextCursor } = (await ask<Page<unknown>>(api, '/api/v1/providers?limit=2')).body;
    const here = await ask(api, `/api/v1/providers?limit=2&cursor=${nextCursor}`);
    const [rotated, foreign] = [await startWith(OTHER_KEY, KEY), await startWith(OTHER_KEY)];
    try {
      const there = await ask(rotated, `/api/v1/providers?limit=2&cursor=${nextCursor}`);
      expect(there.body.items).toEqual(here.body.items);
      const refused = await ask(foreign, `/api/v1/providers?limit=2&cursor=${nextCursor}`);
      expect([refused.status, refused.body.detail]).toEqual([400, expect.stringContaining('cursor')]);
    } finally {
      await rotated.close();
      await foreign.close();
    }
  });

  it.each(['/api/v1/providers?cursor=', '/fhir/R4/Practitioner?_cursor=', '/providers?cursor='])(
    'of the store is none at %s',
    async (path) => {
      const { nextCursor } = await listProviders(store.dataSource, { limit: 1 });
      expect((await ask(api, `${path}${nextCursor}`)).status).toBe(400);
    },
  );

  it('works after the longest name', async () => {
    const long = ['1', '2'].map((n) =>
      provider(`long ${n}`, { givenName: '\u{10400}'.repeat(200), familyName: `\u{10400}`.repeat(200) }),
    );
    await sync(store.dataSource, 'sample', long, 'long');
    const path = '/api/v1/providers?partner=long&limit=1';
    const { nextCursor } = (await ask<Page<unknown>>(api, path)).body;
    const { status, body } = await ask<Page<unknown>>(api, `${path}&cursor=${nextCursor}`);
    expect([status, body.items?.length, body.nextCursor]).toEqual([200, 1, null]);
  });
});
