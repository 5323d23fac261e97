import { BODIES, failsAs, fetchPage, PageServer } from '../../support/page-server';

const server = new PageServer();
beforeAll(() => server.start());
afterAll(() => server.close());

describe('pages', () => {
  const LIST = Array.from({ length: 7 }, (_, n) => ({ n: `Ann ${n}`, f: 'Lee' }));
  const names = LIST.map(({ n, f }) => `${n} ${f}`);
  const asked: string[] = [];
  beforeEach(() => {
    asked.length = 0;
  });

  /** Answers with the records from this number on, and with what leads to the next page. */
  const serve = (
    pageOf: (query: URLSearchParams) => number,
    lead: (from: number) => object,
    headers = false,
  ) => {
    server.answer = (response, request) => {
      asked.push(request.url ?? '');
      const from = pageOf(new URL(request.url ?? '', server.url).searchParams);
      const leading = from < LIST.length ? lead(from) : {};
      response.writeHead(200, headers ? (leading as Record<string, string>) : {});
      response.end(JSON.stringify({ list: LIST.slice(from, from + 3), ...(headers ? {} : leading) }));
    };
  };

  /** Fetches page after page, each with a client of its own, as several workers would. */
  async function fetchAll(next: object, changes: object = {}) {
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await fetchPage(server.client('json', changes, { next }), { cursor });
      found.push(...page.names);
      cursor = page.end.next;
    } while (cursor !== null && asked.length < 20);
    return found;
  }

  it('follow a link, of which only the path and the query count', async () => {
    serve(
      (query) => Number(query.get('from') ?? 0),
      (from) => (from + 3 < 7 ? { next: `https://elsewhere.example/list?from=${from + 3}` } : { next: null }),
    );
    expect(await fetchAll({ link: 'next' })).toEqual(names);
    expect(asked).toEqual(['/list?size=2', '/list?from=3', '/list?from=6']);
  });

  it('follow the Link header', async () => {
    serve(
      (query) => Number(query.get('from') ?? 0),
      (from) => ({ Link: `<?from=${from + 3}>; rel="next", </>; rel="first"` }),
      true,
    );
    expect(await fetchAll({ header: 'next' })).toEqual(names);
    expect(asked.slice(1)).toEqual(['/list?from=3', '/list?from=6', '/list?from=9']);
  });

  it('follow a cursor until there is none', async () => {
    serve(
      (query) => Number(query.get('after') ?? 0),
      (from) => (from + 3 < 7 ? { more: { after: from + 3 } } : { more: { after: '' } }),
    );
    expect(await fetchAll({ cursor: { query: 'after', from: 'more.after' } })).toEqual(names);
    expect(asked.slice(1)).toEqual(['/list?size=2&after=3', '/list?size=2&after=6']);
  });

  it('are counted, or requested by offset, until one is empty', async () => {
    serve(
      (query) => (Number(query.get('page') ?? 1) - 1) * 3,
      () => ({}),
    );
    expect(await fetchAll({ page: 'page' })).toEqual(names);
    expect(asked.at(-1)).toBe('/list?size=2&page=4');
    asked.length = 0;
    serve(
      (query) => Number(query.get('skip') ?? 0),
      () => ({}),
    );
    expect(await fetchAll({ offset: 'skip' })).toEqual(names);
    expect(asked.slice(1)).toEqual(['/list?size=2&skip=3', '/list?size=2&skip=6', '/list?size=2&skip=7']);
  });

  it('that lead back to themselves are incomplete', async () => {
    serve(
      () => 0,
      () => ({ next: '/list?size=2' }),
    );
    await expect(fetchAll({ link: 'next' })).rejects.toEqual(failsAs('IncompleteResponse'));
    serve(
      () => 0,
      () => ({ next: 'a' }),
    );
    const again = fetchPage(server.client('json', {}, { next: { cursor: { query: 'c', from: 'next' } } }), {
      cursor: '?c=a',
    });
    await expect(again).rejects.toEqual(failsAs('IncompleteResponse'));
  });

  it('need a record on the first one, except in a feed of changes', async () => {
    server.answer = (response) => response.writeHead(200).end('{"list":[]}');
    await expect(fetchAll({ page: 'page' })).rejects.toEqual(failsAs('IncompleteResponse'));
    expect(await fetchAll({ page: 'page' }, { feed: 'changes' })).toEqual([]);
  });

  it('of one page must have the total that it states', async () => {
    server.answer = (response) => response.writeHead(200).end(BODIES.json);
    expect((await fetchPage(server.client('json', {}, { total: 'all' }))).end.total).toBe(3);
    server.answer = (response) => response.writeHead(200).end(BODIES.json.toString().replace('3', '4'));
    await expect(fetchPage(server.client('json', {}, { total: 'all' }))).rejects.toThrow('3 records of 4');
  });
});
