import { createApiToken, type Role } from '../../../src/process/api-tokens';
import { ask, useApi } from '../../support/api';
import { provider, sync, useStore } from '../../support/store-fixtures';

const READERS = 30;
const PATHS = ['/', '/providers?search=given', '/runs', '/runs/:id', '/partners', '/metrics'];

const tokens = { viewer: createApiToken('viewer'), operator: createApiToken('operator') };
const configured = Object.values(tokens).map((made) => {
  const [role, hash = ''] = made.configured.split(':');
  return { role: role as Role, hash };
});
const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource, http: { tokens: configured } }));
let runId: string;

beforeEach(async () => {
  runId = (await sync(store.dataSource, 'sample', [provider('1')])).runId;
});

const look = (path: string, role?: keyof typeof tokens) =>
  ask<string>(api, path.replace(':id', runId), {
    headers: { Accept: 'text/html', ...(role && { Authorization: `Bearer ${tokens[role].token}` }) },
  });

describe('many who look at the same moment', () => {
  it.each(PATHS)('cost Postgres at most what two cost: %s', async (path) => {
    await look(path, 'viewer');
    const query = jest.spyOn(store.dataSource, 'query');
    try {
      await look(path, 'viewer');
      const ofOne = query.mock.calls.length;
      query.mockClear();
      const answers = await Promise.all(Array.from({ length: READERS }, () => look(path, 'viewer')));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(query.mock.calls.length).toBeLessThanOrEqual(2 * ofOne);
    } finally {
      query.mockRestore();
    }
  });

  it.each(['/', '/runs'])('see what their own role may see: %s', async (path) => {
    const roles = ['viewer', 'operator', undefined] as const;
    const seen = await Promise.all(
      Array.from({ length: READERS }, async (_, number) => {
        const role = roles[number % roles.length];
        const { status, body } = await look(path, role);
        return `${role}: ${status}, ${body.includes('method="post" action="/runs"') ? 'may sync' : 'may not sync'}`;
      }),
    );
    expect([...new Set(seen)].sort()).toEqual([
      'operator: 200, may sync',
      'undefined: 302, may not sync',
      'viewer: 200, may not sync',
    ]);
  });
});
