import fc from 'fast-check';
import { createRequestBuilder } from '../../../src/partner/call/build-request';
import { PartnerFailure } from '../../../src/partner/call/partner-failure';
import { partnerWith } from '../../support/partners';

const VALUES = { token: '12345', since: null };

/** The request for the list of Noteworth with these changes to `providers`. */
function build(
  providers: object,
  values: { token: string | null; since: string | null } = VALUES,
  entry = {},
) {
  const partner = partnerWith({ providers: { ...providers }, ...entry });
  return createRequestBuilder(partner, 'providers', partner.providers)(values);
}

const CHECKSUM = "=sha256(join('', [token, path]))";

describe('a request', () => {
  it('has the checksum that the partner gives as an example', () => {
    expect(build({ headers: { 'X-Checksum': CHECKSUM } }).headers['X-Checksum']).toBe(
      'bf6fa075e6d928d530fd4516e1671526ff1fe7f953209f0941553927bf16e9f8',
    );
  });

  it('has a checksum that depends on the token and on the path, and not on the query', () => {
    const checksum = (path: string, token = '12345') =>
      build({ path, headers: { X: CHECKSUM } }, { token, since: null }).headers.X;
    expect(checksum('/providers?limit=5')).toBe(checksum('/providers'));
    expect(
      new Set([checksum('/providers'), checksum('/providers/'), checksum('/providers', '12346')]).size,
    ).toBe(3);
  });

  it('goes to the path under the base URL, with its query and that of partners.yaml', () => {
    const { url, method, body } = build(
      { path: '/list?a=1', query: { _count: 100, all: true, 'first name': "Zoë & O'Neil", since: '=since' } },
      VALUES,
      { baseUrl: 'https://api.example.com/v1' },
    );
    expect(url.href).toBe(
      'https://api.example.com/v1/list?a=1&_count=100&all=true&first%20name=Zo%C3%AB%20%26%20O%27Neil',
    );
    expect([method, body]).toEqual(['GET', undefined]);
  });

  it('leaves out a parameter whose value is null, such as the start of the last good run before the first one', () => {
    const search = (since: string | null) =>
      build({ query: { since: '=since' } }, { token: 'T', since }).url.search;
    expect(search(null)).toBe('');
    expect(search('2026-01-02T03:04:05.678Z')).toBe('?since=2026-01-02T03%3A04%3A05.678Z');
  });

  it('encodes every parameter so that it arrives as it is', () => {
    fc.assert(
      fc.property(
        // The check of partners.yaml drops a key of this name, as it would set the prototype of an object.
        fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => name !== '__proto__'),
        fc.string({ unit: 'grapheme' }),
        (name, value) => {
          const text = value.startsWith('=') ? `=${value}` : value;
          const { url } = build({ query: { [name]: text } });
          expect(url.pathname).toBe('/providers');
          expect([...url.searchParams]).toEqual([[name, value]]);
        },
      ),
    );
  });

  it('signs the path and the query of the address that is requested', () => {
    const partner = partnerWith({
      providers: { headers: { X: "=join('?', [path, query])" }, query: { limit: 2 } },
    });
    const request = createRequestBuilder(partner, 'providers', partner.providers);
    expect(request(VALUES).headers.X).toBe('/providers?limit=2');
    const link = (first: URL) => new URL('/more?cursor=a%2Fb', first);
    expect(request(VALUES, link)).toMatchObject({ headers: { X: '/more?cursor=a%2Fb' } });
  });

  it('has the time in seconds, a nonce of its own and the secrets', () => {
    const headers = { 'X-Time': '=now', 'X-Nonce': '=nonce', 'X-Key': '=secrets.key', 'X-Method': '=method' };
    const before = Math.floor(Date.now() / 1000);
    const requests = [1, 2].map(() => build({ headers }, VALUES, { secrets: { key: 'S' } }).headers);
    const time = Number(requests[0]?.['X-Time']);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() / 1000);
    expect(requests[0]?.['X-Nonce']).toMatch(/^[0-9a-f]{32}$/);
    expect(requests[0]?.['X-Nonce']).not.toBe(requests[1]?.['X-Nonce']);
    expect(requests[0]).toMatchObject({ 'X-Key': 'S', 'X-Method': 'GET' });
  });

  it('sends a body as JSON, with its texts computed', () => {
    const body = {
      clientId: 'me',
      filter: { token: '=token', since: '=since', page: 1, tags: ['a', '==b'] },
    };
    const { method, headers, body: sent } = build({ body });
    expect([method, headers['Content-Type']]).toEqual(['POST', 'application/json']);
    expect(JSON.parse(sent ?? '')).toEqual({
      clientId: 'me',
      filter: { token: '12345', page: 1, tags: ['a', '=b'] },
    });
  });

  it('sends a body as a form if its content type says so', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(build({ headers, body: { a: 'x y', b: '=token', n: 5 } })).toMatchObject({
      method: 'POST',
      headers,
      body: 'a=x+y&b=12345&n=5',
    });
  });

  it.each([
    [
      'no token',
      { headers: { X: CHECKSUM } },
      'providers.headers.X cannot be computed: a function received a value of a wrong type',
    ],
    [
      'null as a header',
      { headers: { X: '=since' } },
      'providers.headers.X has no value that a header can hold',
    ],
    [
      'a line break in a header',
      { headers: { X: "=join('', ['a\n', 'b'])" } },
      'providers.headers.X has no value that a header can hold',
    ],
    [
      'a list in the query',
      { query: { q: '=[path]' } },
      'providers.query.q cannot be computed: its value is neither text nor number',
    ],
    [
      'null as text in a body',
      { body: { a: { b: '=to_string(since)' } } },
      'providers.body.a.b cannot be computed: a function received a value of a wrong type',
    ],
  ])('is not built with %s', (_what, providers, message) => {
    expect(() => build(providers, { token: null, since: null })).toThrow(
      new PartnerFailure('RequestInvalid', message),
    );
  });
});
