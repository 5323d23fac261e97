import { ask, askExactly, startTestApi, type TestApi } from '../support/api';
import { openTestStore, provider, sync, type TestStore } from '../support/store-fixtures';

let store: TestStore;
let api: TestApi;
let ids: { run: string; provider: string };

beforeAll(async () => {
  store = await openTestStore();
  api = await startTestApi({ dataSource: store.dataSource });
  const { runId } = await sync(store.dataSource, 'sample', [provider('1')]);
  const [{ id }] = await store.dataSource.query('SELECT id FROM providers');
  ids = { run: runId, provider: id };
});
afterAll(async () => {
  await api.close();
  await store.close();
});

/** Every address that can be read: those of the API document, and the pages. */
async function readable(): Promise<string[]> {
  const { body } = await ask<{ paths: Record<string, { get?: unknown }> }>(api, '/openapi.json');
  const described = Object.entries(body.paths).flatMap(([path, { get }]) => (get ? [path] : []));
  const pages = [
    '/',
    '/runs',
    '/runs/{run}',
    '/providers',
    '/providers/{id}',
    '/rejected-records',
    '/partners',
  ];
  const others = [
    '/login',
    '/events',
    '/assets/style.css',
    '/openapi.json',
    '/docs/',
    '/docs/json',
    '/docs/yaml',
  ];
  return [...described, ...pages, ...others].map((path) =>
    path
      .replace(/\/(syncs|runs)\/\{\w+\}/, `/$1/${ids.run}`)
      .replace(/\/(Practitioner|PractitionerRole|providers)\/\{id\}/, `/$1/${ids.provider}`),
  );
}

it('answers HEAD like GET, without a body, and ends, at every address that can be read', async () => {
  const paths = await readable();
  expect(paths.length).toBeGreaterThan(25);
  for (const path of paths) {
    const accept = path === '/events' ? 'text/event-stream' : '*/*';
    const head = await askExactly(api, path, { method: 'HEAD', headers: { accept } });
    expect([path, head.body]).toEqual([path, '']);
    if (path === '/events') {
      expect([head.status, head.headers.get('Content-Type')]).toEqual([200, 'text/event-stream']);
      continue;
    }
    const get = await askExactly(api, path, { headers: { accept } });
    const said = ({ status, headers }: typeof get) => [path, status, headers.get('Content-Type')];
    expect(said(head)).toEqual(said(get));
  }
});
