import { gzipSync } from 'node:zlib';
import { readPages } from '../../support/read-pages';

import {
  connect,
  endApis,
  FIELDS,
  NAMES,
  namesOf,
  PEOPLE,
  page,
  type Reply,
} from '../../support/unfamiliar-api';

endApis();

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

  it('has ids and cursors that are numbers of 19 digits', async () => {
    const last = '9007199254740993001';
    const partner = await connect(
      `providers: { path: /people, records: items, next: { cursor: { query: after, from: next } } }
fields: { givenName: first, familyName: last }
identity: ["=to_string(id)"]`,
      ({ query }) => {
        const after = query.get('after');
        if (after === last) return { body: '{"items":[],"next":null}' };
        if (after !== null) return { status: 400 };
        const [ada, bob] = ['{"id":9007199254740993000', `{"id":${last}`];
        const names = '"first":"Ada","last":"Lee"}';
        return { body: `{"items":[${ada},${names},${bob},${names}],"next":${last}}` };
      },
    );
    const { providers, received } = await readPages(partner);
    expect(received).toEqual([2, 0]);
    expect(new Set(providers.map(({ identityKey }) => identityKey)).size).toBe(2);
  });

  it('sends CSV with semicolons and a byte order mark', async () => {
    const partner = await connect(
      `providers: { path: /export, format: csv, separator: semicolon }
fields: { givenName: Vorname, familyName: Nachname, clinic: Praxis }
identity: [Nr]`,
      () => ({ body: gzipSync('\ufeffNr;Vorname;Nachname;Praxis\r\n1;Ada;"Byron; ""King""";A, B\r\n') }),
    );
    const { providers } = await readPages(partner);
    expect(providers).toMatchObject([{ givenName: 'Ada', familyName: 'Byron; "King"', clinic: 'A, B' }]);
  });

  it('sends NDJSON as a file in gzip without a header that says so, with CRLF and an empty last line', async () => {
    const body = gzipSync(`${PEOPLE.map((one) => JSON.stringify(one)).join('\r\n')}\r\n\r\n`);
    const partner = await connect(`providers: { path: /dump.gz, format: ndjson }\n${FIELDS}`, () => ({
      headers: { 'Content-Type': 'application/octet-stream' },
      body,
    }));
    expect(await namesOf(partner)).toEqual(NAMES);
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
