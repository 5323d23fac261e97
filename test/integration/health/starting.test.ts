import { checkStore } from '../../../src/operations/health/check-store';
import type { Readiness } from '../../../src/operations/health/readiness';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { killCommands, startCommand } from '../../support/command';
import { startLatePostgres } from '../../support/late-postgres';
import { inScenario } from '../../support/scenario';
import { useStore } from '../../support/store-fixtures';
import { unusedPort } from '../../support/unused-port';

/*
 * What is reported while a process starts.
 */

afterAll(killCommands);

/** Longer than the rest of the start takes, and shorter than a process waits for a connection. */
const LATE_MS = 1_000;

describe('an API that has just started', () => {
  it(
    'is connected to a Postgres that responds late',
    inScenario({}, async ({ env, databaseUrl }) => {
      const late = await startLatePostgres(databaseUrl, LATE_MS);
      const port = await unusedPort();
      try {
        const api = startCommand(['api'], { ...env, DATABASE_URL: late.url, HTTP_PORT: String(port) });
        await api.says(/API ready/);
        const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
        const { parts } = (await ready.json()) as { parts: Readiness };
        // On a busy machine it may be too slow to answer the check, but it is connected.
        expect(parts.postgres).not.toBe('not connected yet');
        await api.end('SIGTERM');
      } finally {
        late.close();
      }
    }),
  );
});

describe('a process that has not connected to an available Postgres yet', () => {
  const store = useStore();

  it('reports that it does not know the state of Postgres', async () => {
    const dataSource = createDataSource({ url: store.url, applicationName: 'test', poolSize: 1 });
    expect(await checkStore(dataSource)).toMatchObject([
      { check: 'postgres', state: 'unknown', findings: [{ code: 'check-incomplete', severity: 'degraded' }] },
      { check: 'tables', state: 'unknown', findings: [] },
    ]);
  });
});
