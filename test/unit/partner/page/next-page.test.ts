import fc from 'fast-check';
import { withFragment } from '../../../../src/partner/language/body-place';
import {
  createNextPage,
  type NextRule,
  pageUrl,
  type ReadPage,
} from '../../../../src/partner/page/next-page';

const FIRST = 'https://api.example.com/base/v1/list?_count=2';

/** The cursor of the page after this one. */
function next(rule: NextRule, page: Partial<Omit<ReadPage, 'url'>> & { url?: string } = {}): string | null {
  const { url = FIRST, ...others } = page;
  return createNextPage(rule)({ root: {}, headers: {}, received: 2, ...others, url: new URL(url) });
}

const link = (value: unknown, url?: string) =>
  next({ link: 'next' }, { root: { next: value } as never, ...(url !== undefined && { url }) });

describe('a link to the next page', () => {
  it.each([
    ['https://api.example.com/base/v1/list?page=2', '/base/v1/list?page=2'],
    ['http://elsewhere.example:81/v2/list?page=2#top', '/v2/list?page=2'],
    ['//elsewhere.example/x?y', '/x?y'],
    ['http://elsewhere.example//evil.example/x', '//evil.example/x'],
    ['\\\\elsewhere.example\\x', '/x'],
    ['/v1/list?page=2', '/v1/list?page=2'],
    ['more?page=2', '/base/v1/more?page=2'],
    ['?page=2', '/base/v1/list?page=2'],
    ['http://user:secret@elsewhere.example/x', '/x'],
  ])('%s counts only with its path and query', (value, cursor) => {
    expect(link(value)).toBe(cursor);
    expect(pageUrl(cursor, new URL(FIRST)).origin).toBe('https://api.example.com');
  });

  it('never leads to another origin', () => {
    const first = new URL(FIRST);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl(),
          fc.string(),
          fc.string().map((text) => `//${text}`),
        ),
        (text) => {
          let cursor: string | null = null;
          try {
            cursor = link(text);
          } catch (error) {
            expect(error).toMatchObject({ type: 'IncompleteResponse' });
          }
          expect(pageUrl(cursor, first).origin).toBe(first.origin);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is absent if it is missing, null, empty or false, and after an empty page', () => {
    for (const value of [undefined, null, '', false]) expect(link(value)).toBeNull();
    expect(next({ link: 'next' }, { root: { next: '/more' }, received: 0 })).toBeNull();
    expect(next({ link: 'next' }, { root: undefined })).toBeNull();
  });

  it.each([
    ['to the same page', FIRST],
    ['to the same page, relatively', '?_count=2'],
    ['of another scheme', 'javascript:alert(1)'],
    ['that is no address', 'http://['],
    ['that is no text', { href: '/more' }],
    ['of endless length', `/${'x'.repeat(10_000)}`],
  ])('%s is an incomplete response', (_what, value) => {
    expect(() => link(value)).toThrow(expect.objectContaining({ type: 'IncompleteResponse' }));
  });

  it('can be computed', () => {
    const root = {
      link: [
        { relation: 'self', url: FIRST },
        { relation: 'next', url: '/p?2' },
      ],
    };
    expect(next({ link: "=link[?relation=='next'].url | [0]" }, { root })).toBe('/p?2');
  });
});

describe('a Link header', () => {
  const header = (...values: string[]) => next({ header: 'next' }, { headers: { link: values } });

  it.each([
    [['<https://x.example/p?page=2>; rel="next", </p?page=9>; rel="last"'], '/p?page=2'],
    [['</p?page=9>; rel=last', '</p?a=1,2;3>; title="a, b; rel=prev"; REL="prev Next"'], '/p?a=1,2;3'],
    [['<?page=2>;rel=next'], '/base/v1/list?page=2'],
    [['</p>; title="rel=next"; rel=prev'], null],
    [[], null],
  ])('%j names the next page', (values, cursor) => {
    expect(header(...values)).toBe(cursor);
  });

  it.each(['next', '</p', `<${FIRST}>; rel=next`])('%s is an incomplete response', (value) => {
    expect(() => header(value)).toThrow(expect.objectContaining({ type: 'IncompleteResponse' }));
  });
});

describe('a cursor', () => {
  const rule = { cursor: { query: 'after', from: 'meta.next' } };
  const nextAfter = (value: unknown, url = FIRST) =>
    next(rule, { root: { meta: { next: value } } as never, url });

  it('is sent in the query, beside the other parameters', () => {
    const cursor = nextAfter('a&b=ü/') as string;
    expect(pageUrl(cursor, new URL(FIRST)).href).toBe(`${FIRST}&after=a%26b%3D%C3%BC%2F`);
    expect(pageUrl(nextAfter(7) as string, new URL(`${FIRST}&after=6`)).search).toBe('?_count=2&after=7');
  });

  it('is absent if it is missing, null, empty or false', () => {
    for (const value of [undefined, null, '', false]) expect(nextAfter(value)).toBeNull();
  });

  it('is an incomplete response if it is that of this page, or no text', () => {
    for (const value of ['6', 6, ['7'], true]) {
      expect(() => nextAfter(value, `${FIRST}&after=6`)).toThrow(
        expect.objectContaining({ type: 'IncompleteResponse' }),
      );
    }
  });
});

describe('a place in the body', () => {
  const rule = { cursor: { body: 'variables.after', from: 'next' } };
  const nextAfter = (value: unknown, url = FIRST) => next(rule, { root: { next: value } as never, url });

  it('is a fragment of the address of the page, so that each page has its own', () => {
    const cursor = nextAfter('a&b="ü#/') as string;
    const url = pageUrl(cursor, new URL(FIRST));
    expect(url.href.slice(0, url.href.indexOf('#'))).toBe(FIRST);
    expect(withFragment({ variables: { first: 2, after: null }, q: 1 }, url)).toEqual({
      variables: { first: 2, after: 'a&b="ü#/' },
      q: 1,
    });
    expect(() => nextAfter('a&b="ü#/', url.href)).toThrow(
      expect.objectContaining({ type: 'IncompleteResponse' }),
    );
  });

  it('keeps the JSON of a cursor', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const cursor = nextAfter(value);
        if (cursor === null) {
          expect([null, false, '', []]).toContainEqual(value);
          return;
        }
        const body = withFragment({}, pageUrl(cursor, new URL(FIRST)));
        expect(body).toEqual({ variables: { after: JSON.parse(JSON.stringify(value)) } });
      }),
    );
  });

  it('counts from the number in the body, or from that of the first page', () => {
    const numbers = (sent: NextRule, body: object, url = FIRST) => {
      const page = { root: {}, headers: {}, received: 20, url: new URL(url) };
      return createNextPage(sent, body as never)(page);
    };
    expect(numbers({ page: { body: 'p' } }, {})).toBe('#p=2');
    expect(numbers({ page: { body: 'p' } }, { p: 0 })).toBe('#p=1');
    expect(numbers({ page: { body: 'p' } }, { p: 0 }, `${FIRST}#p=1`)).toBe('#p=2');
    expect(numbers({ offset: { body: 'a.from' } }, { a: { size: 20 } })).toBe('#a.from=20');
    expect(numbers({ offset: { body: 'a.from' } }, { a: { from: 5 } })).toBe('#a.from=25');
    expect(numbers({ offset: { body: 'a.from' } }, {}, `${FIRST}#a.from=40`)).toBe('#a.from=60');
  });
});

describe('numbered pages and offsets', () => {
  it('continue from the address of the page, also after a short one', () => {
    expect(next({ page: 'page' })).toBe('?page=2');
    expect(next({ page: 'page' }, { url: `${FIRST}&page=2` })).toBe('?page=3');
    expect(next({ page: 'page' }, { url: `${FIRST}&page=0` })).toBe('?page=1');
    expect(next({ offset: 'skip' }, { received: 1 })).toBe('?skip=1');
    expect(next({ offset: 'skip' }, { url: `${FIRST}&skip=200`, received: 200 })).toBe('?skip=400');
  });

  it('end with an empty page', () => {
    expect(next({ page: 'page' }, { received: 0 })).toBeNull();
    expect(next({ offset: 'skip' }, { received: 0 })).toBeNull();
  });
});
