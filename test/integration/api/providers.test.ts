import { setTimeout as sleep } from 'node:timers/promises';
import type { Provider } from '../../../src/store/directory/provider-row';
import type { Page } from '../../../src/store/lists/cursor';
import { ask, useApi } from '../../support/api';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));

const PEOPLE = [
  provider('1', { givenName: 'Zoë', familyName: "O'Hara", clinic: 'Lakeside Clinic', title: 'Dr.' }),
  provider('2', { givenName: 'Zoe', familyName: 'OHara', clinic: 'St. Mary & Co', title: 'NP' }),
  provider('3', {
    givenName: 'Siobhán',
    familyName: 'Núñez-Ødegård',
    clinic: 'Lakeside Clinic',
    title: 'PA',
  }),
  provider('4', { givenName: 'Ada', familyName: 'Young', clinic: null, title: null }),
];

const list = async (query: Record<string, string>) => {
  const { body } = await ask<Page<Provider>>(api, `/api/v1/providers?${new URLSearchParams(query)}`);
  return body.items.map(({ givenName, familyName }) => `${givenName} ${familyName}`);
};
const firstId = async (query: Record<string, string>) => {
  const { body } = await ask<Page<Provider>>(api, `/api/v1/providers?${new URLSearchParams(query)}`);
  return body.items[0]?.id ?? '';
};

describe('/api/v1/providers', () => {
  it.each([
    [{}, ["Zoë O'Hara", 'Zoe OHara', 'Siobhán Núñez-Ødegård', 'Ada Young']],
    [{ search: 'zoe hara' }, ["Zoë O'Hara", 'Zoe OHara']],
    [{ search: 'ØDEG nunez' }, ['Siobhán Núñez-Ødegård']],
    [{ search: "o'h" }, ["Zoë O'Hara", 'Zoe OHara']],
    [{ search: 'NP o’hara mary' }, ['Zoe OHara']],
    [{ search: '100 %' }, []],
    [{ letter: 'O' }, ["Zoë O'Hara", 'Zoe OHara']],
    [{ letter: 'N', search: 'lakeside' }, ['Siobhán Núñez-Ødegård']],
    [{ letter: '#' }, []],
    [{ clinic: 'St. Mary & Co' }, ['Zoe OHara']],
    [{ clinic: 'Lakeside Clinic', title: 'PA' }, ['Siobhán Núñez-Ødegård']],
    [{ partner: 'another-partner' }, []],
    [{ listed: 'false' }, []],
    [{ changedSince: '2999-01-01T00:00:00+02:00' }, []],
  ])('finds with %j', async (query, names) => {
    await sync(store.dataSource, 'sample', PEOPLE);
    expect((await list(query as never)).sort()).toEqual([...names].sort());
  });

  it('suggests other searches only if a search found no one', async () => {
    await sync(store.dataSource, 'sample', PEOPLE);
    const body = async (query: string) => (await ask(api, `/api/v1/providers?${query}`)).body;
    expect(await body('search=Yuong')).toMatchObject({ items: [], didYouMean: ['Young'] });
    expect(await body('search=xqzzw')).toMatchObject({ items: [], didYouMean: [] });
    for (const query of ['search=Young', 'title=MD', 'partner=other', '']) {
      expect(Object.keys((await body(query)) as object)).toEqual(['items', 'nextCursor', 'completeUntil']);
    }
  });

  it('shows present people by default, and those who left on request', async () => {
    const [ada, ...others] = [...PEOPLE].reverse();
    await sync(store.dataSource, 'snapshot', PEOPLE);
    await sync(store.dataSource, 'snapshot', others);
    const present = others.map(({ givenName, familyName }) => `${givenName} ${familyName}`).sort();
    const left = [`${ada?.givenName} ${ada?.familyName}`];
    for (const query of [{}, { status: 'present' }, { listed: 'true' }]) {
      expect((await list(query as never)).sort()).toEqual(present);
    }
    for (const query of [{ status: 'left' }, { listed: 'false' }, { status: 'left', listed: 'true' }]) {
      expect(await list(query as never)).toEqual(left);
    }
    for (const query of [{ status: 'all' }, { changedSince: '2001-01-01T00:00:00Z' }]) {
      expect((await list(query as never)).sort()).toEqual([...left, ...present].sort());
    }
    for (const format of ['csv', 'ndjson']) {
      const { body } = await ask<string>(api, `/api/v1/providers?format=${format}`);
      expect(JSON.stringify(body)).not.toContain(ada?.familyName);
    }
  });

  it('shows the fields of a provider, and no others', async () => {
    await sync(store.dataSource, 'sample', PEOPLE);
    const { headers, body } = await ask<Page<Provider>>(api, '/api/v1/providers?limit=1');
    expect(headers.get('Content-Type')).toBe('application/json; charset=utf-8');
    expect(Object.keys(body.items[0] ?? {})).toEqual([
      'id',
      'partner',
      'givenName',
      'familyName',
      'title',
      'clinic',
      'attributes',
      'listed',
      'firstSeenAt',
      'lastSeenAt',
      'lastChangedAt',
    ]);
  });

  it.each(['name', 'lastChangedAt', '-lastChangedAt', '-firstSeenAt'])(
    'brings each of those who were there once, sorted by %s, though syncs write between the pages',
    async (sort) => {
      await sync(store.dataSource, 'sample', PEOPLE);
      const seen: string[] = [];
      let cursor: string | null = '';
      for (let number = 0; cursor !== null; number += 1) {
        const query = new URLSearchParams({ sort, limit: '1', ...(cursor && { cursor }) });
        const page: Page<Provider> = (await ask<Page<Provider>>(api, `/api/v1/providers?${query}`)).body;
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
        const newcomer = { givenName: `New ${number}`, familyName: 'Aa' };
        if (number < 4) await sync(store.dataSource, 'sample', [provider(`new ${number}`, newcomer)]);
      }
      const there = await Promise.all(
        PEOPLE.map(({ familyName, givenName }) => firstId({ search: `${givenName} ${familyName}` })),
      );
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(there));
    },
  );

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=0x10', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['listed=maybe', 'listed'],
    ['sort=clinic', 'sort'],
    ['changedSince=yesterday', 'changedSince'],
    ['changedSince=2026-01-01T00:00:00+02:00', 'changedSince'],
    ['changedSince=2026-02-30T00:00:00Z', 'changedSince'],
    ['search=%00', 'search'],
    ['search=', 'search'],
    ['letter=a', 'letter'],
    ['letter=%C3%84', 'letter'],
    [`search=${'x'.repeat(201)}`, 'search'],
    ['partner=No%20Name', 'partner'],
    ['format=xml', 'format'],
    ['clinik=North', ''],
  ])('refuses ?%s, and names the parameter', async (query, path) => {
    const { status, body } = await ask(api, `/api/v1/providers?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [expect.objectContaining({ path })] });
  });

  it.each(['abc', Buffer.from('["name","x\\u0000","not an id"]').toString('base64url')])(
    'turns the cursor %s away, which none of its pages had',
    async (cursor) => {
      const { status, body } = await ask(api, `/api/v1/providers?cursor=${cursor}`);
      expect([status, body.detail]).toEqual([400, expect.stringContaining('cursor')]);
    },
  );

  it('refuses the cursor of another order or another list', async () => {
    await sync(store.dataSource, 'sample', PEOPLE);
    const { nextCursor } = (await ask<Page<Provider>>(api, '/api/v1/providers?limit=1')).body;
    for (const path of [
      `/api/v1/providers?sort=-firstSeenAt&cursor=${nextCursor}`,
      `/api/v1/syncs?cursor=${nextCursor}`,
    ]) {
      expect((await ask(api, path)).status).toBe(400);
    }
  });
});

describe('/api/v1/providers/{id}', () => {
  it('shows each change with its run, time, before and after, and the provider at an earlier time', async () => {
    const before = { givenName: 'Zoë', title: 'PA', attributes: { phone: '1' } };
    await sync(store.dataSource, 'sample', [provider('zoe', before)]);
    const id = await firstId({ search: 'zoe' });
    const then = new Date().toISOString();
    await sleep(2);
    const { runId } = await sync(store.dataSource, 'sample', [
      provider('zoe', { ...before, title: 'Dr.', attributes: {} }),
    ]);

    const changes = (await ask<Page<Record<string, unknown>>>(api, `/api/v1/providers/${id}/changes`)).body;
    expect(changes.items.map(({ field, before, after }) => [field, before, after]).sort()).toEqual([
      ['attributes.phone', '1', null],
      ['title', 'PA', 'Dr.'],
    ]);
    expect(changes.items[0]).toMatchObject({ runId, providerId: id, changedAt: expect.any(String) });

    const now = (await ask(api, `/api/v1/providers/${id}`)).body;
    expect(now).toMatchObject({ title: 'Dr.', attributes: {} });
    const past = (await ask(api, `/api/v1/providers/${id}?asOf=${then}`)).body;
    expect(past).toMatchObject({ title: 'PA', attributes: { phone: '1' }, lastSeenAt: null });
    expect((await ask(api, `/api/v1/providers/${id}?asOf=2020-01-01T00:00:00Z`)).status).toBe(404);
  });

  it('lists its versions page by page, with what each sync changed', async () => {
    const runs = [];
    for (const title of ['PA', 'NP', 'Dr.']) {
      runs.push((await sync(store.dataSource, 'sample', [provider('zoe', { title })])).runId);
    }
    const path = `/api/v1/providers/${await firstId({ search: 'zoe' })}/versions?limit=2`;
    const { body } = await ask<Page<Record<string, unknown>>>(api, path);
    const rest = await ask<Page<Record<string, unknown>>>(api, `${path}&cursor=${body.nextCursor}`);
    const versions = [...body.items, ...rest.body.items];
    expect(versions.map(({ number, title, runId }) => [number, title, runId])).toEqual([
      [3, 'Dr.', runs[2]],
      [2, 'NP', runs[1]],
      [1, 'PA', runs[0]],
    ]);
    expect(versions.map(({ changes }) => changes)).toEqual([
      [{ field: 'title', before: 'NP', after: 'Dr.' }],
      [{ field: 'title', before: 'PA', after: 'NP' }],
      [],
    ]);
    expect(versions.map(({ call }) => call)).toEqual([null, null, null]);
    expect(rest.body.nextCursor).toBeNull();
  });

  it('points out providers who may be the same person, and in what they differ', async () => {
    await sync(store.dataSource, 'sample', PEOPLE);
    const id = await firstId({ clinic: 'St. Mary & Co' });
    const { body } = await ask<Page<Provider & { differsIn: string[] }>>(
      api,
      `/api/v1/providers/${id}/possible-duplicates`,
    );
    expect(body.items.map(({ givenName, familyName }) => [givenName, familyName])).toEqual([
      ['Zoë', "O'Hara"],
    ]);
    expect(body.items[0]?.differsIn).toContain('clinic');
    expect(body.items[0]?.differsIn).not.toContain('partner');
  });

  it.each(['', '/changes', '/versions', '/possible-duplicates'])(
    'answers 404 for an unknown provider at %s',
    async (part) => {
      const unknown = await ask(api, `/api/v1/providers/0198c2f4-6b1e-7c3a-9d52-3f0a6c1b2d4e${part}`);
      expect([unknown.status, unknown.body.detail]).toEqual([
        404,
        expect.stringContaining('/api/v1/providers'),
      ]);
      expect((await ask(api, `/api/v1/providers/unknown${part}`)).status).toBe(400);
    },
  );
});
