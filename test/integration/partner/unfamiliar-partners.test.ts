import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { Partner } from '../../../src/partner/config/partner';
import { parsePartners } from '../../../src/partner/config/partners-file';
import { readPages } from '../../support/read-pages';

/** A request as one of these servers sees it. */
interface Seen {
  readonly method: string;
  readonly path: string;
  /** As sent, without the question mark. */
  readonly search: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
}

/** An API that shares nothing with the simulator. An answer of undefined is a 404. */
type Api = (seen: Seen) => Reply | undefined;

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Starts the API, and returns the partner of this entry at its address. */
async function connect(entry: string, api: Api): Promise<Partner> {
  server = createServer(async (request, response) => {
    const [path = '', search = ''] = (request.url ?? '').split('?');
    const { method = '', headers } = request;
    const body = await text(request);
    const reply = api({ method, path, search, query: new URLSearchParams(search), headers, body });
    const { status = reply ? 200 : 404, headers: more = {}, body: sent = '' } = reply ?? {};
    response.writeHead(status, { ...more });
    response.end(typeof sent === 'string' || Buffer.isBuffer(sent) ? sent : JSON.stringify(sent));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const indented = entry.trim().replace(/^/gm, '    ');
  const partner = parsePartners(
    `partners:\n  one:\n    baseUrl: ${url}\n${indented}\n    feed: snapshot\n`,
    {},
  ).get('one');
  if (partner === undefined) throw new Error('The entry has no partner.');
  return partner;
}

const NAMES = ['Ada Byron', 'Grace Hopper', 'Mary Seacole', 'Elizabeth Blackwell', 'Rebecca Crumpler'];
const PEOPLE = NAMES.map((name, index) => {
  const [first = '', last = ''] = name.split(' ');
  return { id: index + 1, first, last };
});
const FIELDS = 'fields: { givenName: first, familyName: last }\nidentity: [id]';

async function namesOf(partner: Partner): Promise<string[]> {
  const { providers, rejected } = await readPages(partner);
  expect(rejected).toEqual([]);
  return providers.map(({ givenName, familyName }) => `${givenName} ${familyName}`);
}

function page<T>(list: readonly T[], number: number, size = 2): readonly T[] {
  return list.slice(number * size, (number + 1) * size);
}

describe('an API that is read by its entry alone', () => {
  it('counts its pages from 0, and ends with an empty one', async () => {
    const partner = await connect(
      `providers: { path: /people, records: items, query: { page: 0 }, next: { page: page } }\n${FIELDS}`,
      ({ query }) => {
        const number = query.get('page');
        if (number === null || !/^\d+$/.test(number)) return { status: 422 };
        return { body: { items: page(PEOPLE, Number(number)) } };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('counts its pages from 1, and needs no number for the first', async () => {
    const asked: (string | null)[] = [];
    const partner = await connect(
      `providers: { path: "/people?sort=id", next: { page: p } }\n${FIELDS}`,
      ({ query }) => {
        asked.push(query.get('p'));
        expect(query.get('sort')).toBe('id');
        return { body: page(PEOPLE, Number(query.get('p') ?? 1) - 1, 5) };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
    expect(asked.slice(1)).toEqual(['2']);
  });

  it('has a nested cursor with characters that an address must escape, and a total as text', async () => {
    const cursors = ['a+b/c==', 'ü &?#%'];
    const partner = await connect(
      `providers:
  path: /v2/list
  records: data.items
  query: { per_page: 2 }
  next: { cursor: { query: after, from: paging.next_cursor } }
  total: paging.total
${FIELDS}`,
      ({ query }) => {
        const after = query.get('after');
        const number = after === null ? 0 : cursors.indexOf(after) + 1;
        if (query.get('per_page') !== '2' || (after !== null && number === 0)) return { status: 400 };
        return {
          body: {
            paging: { total: '5', next_cursor: cursors[number] ?? null },
            data: { items: page(PEOPLE, number) },
          },
        };
      },
    );
    const { received, totals } = await readPages(partner);
    expect([received, totals]).toEqual([
      [2, 2, 1],
      [5, 5, 5],
    ]);
  });

  it('links by a relative address deep in the body, without a link on the last page', async () => {
    const partner = await connect(
      `providers: { path: /api/staff, records: _embedded.staff, next: { link: _links.next.href } }\n${FIELDS}`,
      ({ path, query }) => {
        if (path !== '/api/staff') return undefined;
        const number = Number(query.get('n') ?? 0);
        const next = number < 2 ? { next: { href: `staff?n=${number + 1}` } } : {};
        return {
          body: { _links: { self: { href: 'staff' }, ...next }, _embedded: { staff: page(PEOPLE, number) } },
        };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('links as OData does, by an address with an origin that only the partner can reach', async () => {
    const partner = await connect(
      `providers: { path: /odata/People, records: value, next: { link: "@odata.nextLink" } }
fields: { givenName: first, familyName: last }
identity: [id]
ignore: ["@odata.etag"]`,
      ({ query }) => {
        const number = Number(query.get('$skiptoken') ?? 0);
        const next = {
          '@odata.nextLink': `https://internal.invalid:8443/odata/People?$skiptoken=${number + 1}`,
        };
        const value = page(PEOPLE, number).map((one) => ({ '@odata.etag': `W/"${number}"`, ...one }));
        return { body: { '@odata.context': '$metadata', value, ...(number < 2 && next) } };
      },
    );
    const { providers } = await readPages(partner);
    expect(providers.map(({ attributes }) => attributes)).toEqual(PEOPLE.map(({ id }) => ({ id })));
  });

  it('has several relations in several Link headers, in capitals', async () => {
    const partner = await connect(
      `providers: { path: /people, next: { header: next } }\n${FIELDS}`,
      ({ query }) => {
        const number = Number(query.get('page') ?? 1);
        const first = '<https://other.invalid/people?page=1>; rel="first"; title="one, two; three"';
        const next = `</people?page=${number + 1}>; REL="Last NEXT", <#top>; rel=up`;
        return { headers: { LINK: number < 3 ? [first, next] : [first] }, body: page(PEOPLE, number - 1) };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('sends an Excel CSV: byte order mark, CRLF, quotes, line breaks in a cell, no line end at the end', async () => {
    const partner = await connect(
      `providers: { path: /export/people, format: csv }
fields: { givenName: First Name, familyName: "Last, Name", clinic: Place }
identity: [No.]`,
      ({ headers }) => {
        if (!/text\/csv|text\/\*|\*\/\*/.test(headers.accept ?? '')) return { status: 406 };
        return {
          headers: { 'Content-Type': 'text/csv' },
          body: '\ufeffNo.,First Name,"Last, Name",Place\r\n1,Ada,"Byron ""King""","Line 1\r\nLine 2"\r\n2,Grace,Hopper,"A, B"',
        };
      },
    );
    const { providers } = await readPages(partner);
    expect(providers.map(({ familyName, clinic }) => [familyName, clinic])).toEqual([
      ['Byron "King"', 'Line 1\r\nLine 2'],
      ['Hopper', 'A, B'],
    ]);
  });

  it('sends NDJSON as a file in gzip without a header that says so, with CRLF and an empty last line', async () => {
    const body = gzipSync(`${PEOPLE.map((one) => JSON.stringify(one)).join('\r\n')}\r\n\r\n`);
    const partner = await connect(`providers: { path: /dump.gz, format: ndjson }\n${FIELDS}`, () => ({
      headers: { 'Content-Type': 'application/octet-stream' },
      body,
    }));
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('takes a search as JSON, with a key in its body', async () => {
    const partner = await connect(
      `secrets: { key: k-1 }
providers:
  path: /search
  method: POST
  body: { filter: { active: true, kinds: [MD, NP] }, key: "=secrets.key", size: 50 }
  records: hits
${FIELDS}`,
      ({ method, headers, body }) => {
        if (method !== 'POST') return { status: 405 };
        if (!headers['content-type']?.startsWith('application/json')) return { status: 415 };
        const expected = { filter: { active: true, kinds: ['MD', 'NP'] }, key: 'k-1', size: 50 };
        expect(JSON.parse(body)).toEqual(expected);
        return { body: { hits: PEOPLE } };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('gives a token in JSON for a name and a password, and takes it in a form of its own', async () => {
    const partner = await connect(
      `secrets: { password: "p w" }
auth:
  path: /session
  body: { user: me, password: "=secrets.password" }
  token: data.session.token
providers: { path: /people, headers: { Authorization: "=join(' ', ['Token', token])" } }
${FIELDS}`,
      ({ method, path, headers, body }) => {
        if (path === '/session') {
          if (method !== 'POST') return { status: 405 };
          expect(JSON.parse(body)).toEqual({ user: 'me', password: 'p w' });
          return { body: { data: { session: { token: 't-1' } } } };
        }
        return headers.authorization === 'Token t-1' ? { body: PEOPLE } : { status: 401 };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('takes HTTP Basic with a colon in the password', async () => {
    const partner = await connect(
      `auth: { basic: { username: me, password: "a:b" } }\nproviders: { path: /people }\n${FIELDS}`,
      ({ headers }) =>
        headers.authorization === `Basic ${btoa('me:a:b')}` ? { body: PEOPLE } : { status: 401 },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it.each(['basic', 'post'] as const)(
    'takes OAuth by %s with a scope, and a token type in small letters',
    async (way) => {
      const partner = await connect(
        `auth: { oauth: { tokenPath: /connect/token, clientId: "a b", clientSecret: "s%:/+", method: ${way}, scope: "read:all" } }
providers: { path: /people }
${FIELDS}`,
        ({ path, headers, body }) => {
          if (path !== '/connect/token') {
            return headers.authorization === 'Bearer t.1' ? { body: PEOPLE } : { status: 401 };
          }
          const form = new URLSearchParams(body);
          const basic = Buffer.from((headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
          const [id, secret] =
            way === 'post'
              ? [form.get('client_id'), form.get('client_secret')]
              : basic.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
          const good = id === 'a b' && secret === 's%:/+' && form.get('scope') === 'read:all';
          const json = { 'Content-Type': 'application/json;charset=UTF-8' };
          if (!good) return { status: 401, headers: json, body: { error: 'invalid_client' } };
          return {
            headers: json,
            body: { access_token: 't.1', token_type: 'bearer', expires_in: 60, scope: 'read:all' },
          };
        },
      );
      expect(await namesOf(partner)).toEqual(NAMES);
    },
  );

  it('gives an OAuth token under the type of a page, and says no more than the token', async () => {
    const partner = await connect(
      `auth: { oauth: { tokenPath: /token, clientId: me, clientSecret: s } }\nproviders: { path: /people }\n${FIELDS}`,
      ({ path, headers }) => {
        if (path === '/token') {
          return { headers: { 'Content-Type': 'text/html' }, body: { access_token: 't-2' } };
        }
        return headers.authorization === 'Bearer t-2' ? { body: PEOPLE } : { status: 401 };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('checks a signature over the query as it is sent, with a nonce that it takes once', async () => {
    const nonces = new Set<string>();
    const partner = await connect(
      `secrets: { key: "K=" }
providers:
  path: /people
  query: { active: "yes & no", since: "2020-01-01T00:00:00Z" }
  headers:
    X-Nonce: "=nonce"
    X-Time: "=to_string(now)"
    Authorization: "=join('', ['HMAC ', hmac_sha256(secrets.key, join('|', [method, path, query, to_string(now), nonce]))])"
  next: { offset: skip }
${FIELDS}`,
      ({ method, path, search, query, headers }) => {
        const nonce = String(headers['x-nonce']);
        const signed = [method, path, search, headers['x-time'], nonce].join('|');
        const expected = `HMAC ${createHmac('sha256', 'K=').update(signed).digest('hex')}`;
        if (headers.authorization !== expected || nonces.has(nonce)) return { status: 403 };
        nonces.add(nonce);
        if (query.get('active') !== 'yes & no') return { status: 400 };
        const skip = Number(query.get('skip') ?? 0);
        return { body: PEOPLE.slice(skip, skip + 2) };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
    expect(nonces.size).toBe(4);
  });
});

describe('an answer of an API is refused if', () => {
  const entry = `providers: { path: /people, records: items, next: { link: next } }\n${FIELDS}`;

  it.each<[what: string, Reply, type: string]>([
    ['it is an error under a 200', { body: { error: 'too many requests' } }, 'IncompleteResponse'],
    ['its link leads to itself', { body: { items: PEOPLE, next: '/people' } }, 'IncompleteResponse'],
    [
      'its link is no address',
      { body: { items: PEOPLE, next: 'javascript:alert(1)' } },
      'IncompleteResponse',
    ],
    ['its link is an object', { body: { items: PEOPLE, next: { href: '/x' } } }, 'IncompleteResponse'],
    ['it is no list', { body: { items: { 0: PEOPLE[0] }, next: null } }, 'IncompleteResponse'],
    [
      'it is not UTF-8',
      { body: Buffer.from('{"items":[{"first":"\xe4"}]}', 'latin1') },
      'IncompleteResponse',
    ],
    ['it redirects', { status: 307, headers: { Location: '/other' } }, 'RequestRejected'],
    ['it is a 204', { status: 204 }, 'IncompleteResponse'],
  ])('%s', async (_what, reply, type) => {
    const partner = await connect(entry, () => reply);
    await expect(readPages(partner)).rejects.toMatchObject({ name: 'PartnerFailure', type });
  });
});
