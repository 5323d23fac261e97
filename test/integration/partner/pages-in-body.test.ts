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

const QUERY =
  'query ($first: Int!, $after: String) { people(first: $first, after: $after) { nodes { id } } }';

/** A partner of GraphQL, whose pages begin after a cursor. */
function graphql(next: string, answer: (after: string | null) => Reply) {
  const asked: unknown[] = [];
  const partner = connect(
    `providers:
  path: /graphql
  body: { query: "${QUERY}", variables: { first: 2 } }
  records: data.people.nodes
  next: { cursor: { body: variables.after, from: "${next}" } }
${FIELDS}`,
    ({ method, search, headers, body }) => {
      const { query, variables } = JSON.parse(body);
      asked.push(variables);
      if (method !== 'POST' || search !== '' || query !== QUERY) return { status: 400 };
      if (headers['content-type'] !== 'application/json') return { status: 415 };
      return answer(variables.after ?? null);
    },
  );
  return { partner, asked };
}

/** The page after a cursor, such as `after 2`. Its last cursor is no null, as usual in GraphQL. */
function connectionPage(after: string | null): Reply {
  const from = after === null ? 0 : Number(/^after "(\d)"$/.exec(after)?.[1]);
  const nodes = PEOPLE.slice(from, from + 2);
  const pageInfo = { hasNextPage: from + 2 < PEOPLE.length, endCursor: `after "${from + nodes.length}"` };
  return { body: { data: { people: { nodes, pageInfo } } } };
}

const WHILE_MORE = '=data.people.pageInfo | hasNextPage && endCursor';

describe('pages whose place is sent in the body', () => {
  it('follow the cursor of GraphQL beside the other variables', async () => {
    const { partner, asked } = graphql(WHILE_MORE, connectionPage);
    expect(await namesOf(await partner)).toEqual(NAMES);
    expect(asked).toEqual([{ first: 2 }, { first: 2, after: 'after "2"' }, { first: 2, after: 'after "4"' }]);
  });

  it('end with an empty page, if the last one has a cursor too', async () => {
    const { partner, asked } = graphql('data.people.pageInfo.endCursor', connectionPage);
    expect(await namesOf(await partner)).toEqual(NAMES);
    expect(asked).toHaveLength(4);
  });

  it.each<[string, (after: string | null) => Reply]>([
    [
      'an answer that has errors and no list',
      () => ({ body: { data: null, errors: [{ message: 'busy' }] } }),
    ],
    [
      'an answer that has errors and an empty list',
      () => ({ body: { data: { people: { nodes: [] } }, errors: [{ message: 'busy' }] } }),
    ],
    ['a cursor that is that of its page', () => connectionPage('after "0"')],
  ])('are incomplete after %s', async (_what, later) => {
    const { partner } = graphql(WHILE_MORE, (after) =>
      after === null ? connectionPage(null) : later(after),
    );
    await expect(readPages(await partner)).rejects.toMatchObject({ type: 'IncompleteResponse' });
  });

  it('are counted from the number in the body', async () => {
    const partner = await connect(
      `providers: { path: /search, body: { page: { number: 0 } }, next: { page: { body: page.number } } }\n${FIELDS}`,
      ({ body }) => ({ body: page(PEOPLE, JSON.parse(body).page.number) }),
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('are counted in a form', async () => {
    const partner = await connect(
      `providers:
  path: /search
  headers: { Content-Type: application/x-www-form-urlencoded }
  body: { sort: id }
  next: { offset: { body: from } }
${FIELDS}`,
      ({ body }) => {
        const sent = new URLSearchParams(body);
        const from = Number(sent.get('from') ?? 0);
        return sent.get('sort') === 'id' ? { body: PEOPLE.slice(from, from + 2) } : { status: 400 };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('begin after a list of values, as the search of Elasticsearch', async () => {
    const asked: unknown[] = [];
    const partner = await connect(
      `providers:
  path: /people/_search
  body: { size: 2, sort: [last, id] }
  records: "=hits.hits[]._source"
  next: { cursor: { body: search_after, from: "=hits.hits[-1].sort" } }
${FIELDS}`,
      ({ body }) => {
        const { size, search_after: after = ['', 0] } = JSON.parse(body);
        asked.push(after);
        const hits = PEOPLE.slice(after[1], after[1] + size).map((each) => ({
          _source: each,
          sort: [each.last, each.id],
        }));
        return { body: { hits: { hits } } };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
    expect(asked.slice(1)).toEqual([
      ['Hopper', 2],
      ['Blackwell', 4],
      ['Crumpler', 5],
    ]);
  });
});
