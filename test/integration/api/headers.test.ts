import { askExactly, type TestApi, useApi } from '../../support/api';
import { readableAddresses } from '../../support/readable-addresses';
import { provider, sync, useStore } from '../../support/store-fixtures';

const NO_PERMISSIONS =
  'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), publickey-credentials-get=(), usb=()';
/** Files that are the same for everyone, without our data. */
const IS_PUBLIC_FILE = /^\/(assets\/|favicon\.ico$|robots\.txt$)/;
const LISTS = ['/api/v1/providers', '/api/v1/syncs', '/api/v1/rejected-records'];

const store = useStore({ keepRows: true });
const api = useApi(() => ({ dataSource: store.dataSource }));
const behindTls = useApi(() => ({
  dataSource: store.dataSource,
  http: { publicUrl: 'https://directory.example' },
}));
let addresses: string[];

beforeAll(async () => {
  const { dataSource } = store;
  const { runId } = await sync(dataSource, 'sample', [provider('1')]);
  const [{ id }] = await dataSource.query('SELECT id FROM providers');
  addresses = [
    ...(await readableAddresses(api, { run: runId, provider: id })),
    ...LISTS.flatMap((path) => [`${path}?format=csv`, `${path}?format=ndjson`]),
    '/nowhere',
    '/api/v1/providers?limit=none',
    '/fhir/R4/Practitioner?unknown=1',
  ];
});

/** A header of each answer, by address; `null` if it is missing. The streams of `/events` are asked by HEAD. */
async function headerAt(at: TestApi, name: string): Promise<[string, string | null][]> {
  expect(addresses.length).toBeGreaterThan(35);
  return Promise.all(
    addresses.map(async (path): Promise<[string, string | null]> => {
      const isStream = path === '/events';
      const { headers } = await askExactly(at, path, {
        method: isStream ? 'HEAD' : 'GET',
        headers: { accept: isStream ? 'text/event-stream' : '*/*' },
      });
      return [path, headers.get(name)];
    }),
  );
}

describe('an answer', () => {
  it('is stored by no cache, except files without data', async () => {
    const kept = (await headerAt(api, 'Cache-Control')).filter(([, value]) => value !== 'no-store');
    expect(kept.filter(([path]) => !IS_PUBLIC_FILE.test(path))).toEqual([]);
  });

  it('stays out of caches too if the sender already has it', async () => {
    for (const path of [...LISTS, '/providers', '/fhir/R4/Practitioner']) {
      const { headers } = await askExactly(api, path);
      const again = await askExactly(api, path, { headers: { 'If-None-Match': headers.get('ETag') ?? '' } });
      expect([path, again.status, again.headers.get('Cache-Control')]).toEqual([path, 304, 'no-store']);
    }
  });

  it('does not let its page ask a person for a permission', async () => {
    const asking = (await headerAt(api, 'Permissions-Policy')).filter(
      ([, value]) => value !== NO_PERMISSIONS,
    );
    expect(asking).toEqual([]);
  });

  it('keeps browsers on TLS if they reach the API over TLS, and only then', async () => {
    const plain = await headerAt(api, 'Strict-Transport-Security');
    expect(plain.filter(([, value]) => value !== null)).toEqual([]);
    const secure = await headerAt(behindTls, 'Strict-Transport-Security');
    expect(secure.filter(([, value]) => value !== 'max-age=31536000')).toEqual([]);
  });
});
