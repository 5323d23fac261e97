import { askExactly, useApi } from '../../support/api';
import { readableAddresses } from '../../support/readable-addresses';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore({ keepRows: true });
const api = useApi(() => ({ dataSource: store.dataSource }));
let ids: { run: string; provider: string };

beforeAll(async () => {
  const { runId } = await sync(store.dataSource, 'sample', [provider('1')]);
  const [{ id }] = await store.dataSource.query('SELECT id FROM providers');
  ids = { run: runId, provider: id };
});

it('answers HEAD like GET but without a body, at every readable address', async () => {
  const paths = await readableAddresses(api, ids);
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
