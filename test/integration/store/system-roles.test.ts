import { randomUUID } from 'node:crypto';
import { createLogger } from '../../../src/process/logger';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator';
import { getRun } from '../../../src/store/runs/read-runs';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { watchSync } from '../../../src/temporal/runs/watch-sync';
import { ask, startTestApi, type TestApi } from '../../support/api';
import { type Engine, startEngine } from '../../support/engine';
import { fillDirectory, type LivedIn } from '../../support/lived-in-directory';
import { partnersFileWith } from '../../support/partners';
import { createRolesDatabase } from '../../support/store-roles';
import { useOpened } from '../../support/use-opened';

const roles = useOpened(createRolesDatabase, (database) => database.close());

describe('a system whose worker and API have separate roles', () => {
  let simulator: Simulator;
  let engine: Engine;
  let api: TestApi;
  let known: LivedIn;
  const lines: string[] = [];

  beforeAll(async () => {
    known = await fillDirectory(roles.owner);
    simulator = await startSimulator({ rates: { auth: {}, providers: {} } });
    engine = await startEngine({
      databaseUrl: roles.database.url,
      workerDatabaseUrl: roles.urls.worker,
      temporalAddress: process.env.TEST_TEMPORAL_ADDRESS ?? '',
      taskQueue: randomUUID(),
      partnersFile: partnersFileWith({ baseUrl: simulator.url, retryDelay: '5ms', feed: 'sample' }),
      log: createLogger('trace', { write: (line) => lines.push(line) }),
    });
    const reader = await roles.connect('reader');
    api = await startTestApi({ dataSource: reader, client: engine.client, temporal: engine.config });
  });
  afterAll(async () => {
    await simulator.close();
    await api.close();
    await engine.stop();
  });

  const runSync = async () => {
    const handle = await startSync(engine.client, engine.config.taskQueue, {
      partner: 'noteworth',
      trigger: 'cli',
    });
    const outcome = await watchSync(handle, () => undefined);
    return { outcome, run: await getRun(roles.owner, handle.workflowId) };
  };

  it('syncs, and keeps every call and rejected record', async () => {
    simulator.script('providers', ['error500', 'cut', 'ok']);
    const { outcome, run } = await runSync();
    expect(outcome.status).toBe('succeeded');
    expect(run?.calls).toHaveLength(4);
  });

  it('records a run that failed', async () => {
    simulator.script('auth', ['error500', 'error500', 'error500']);
    const { outcome, run } = await runSync();
    expect([outcome.status, run?.status, run?.calls.length]).toEqual(['failed', 'failed', 3]);
  });

  it('replaces a holder that Temporal does not run, and records it as abandoned', async () => {
    const [holder]: [{ id: string }] = await roles.owner.query(
      `INSERT INTO sync_runs (partner, trigger, status, workflow_id, run_id)
       VALUES ('noteworth', 'cli', 'running', 'gone', $1) RETURNING id`,
      [randomUUID()],
    );
    const { outcome } = await runSync();
    expect(outcome.status).toBe('succeeded');
    expect(await getRun(roles.owner, holder.id)).toMatchObject({ status: 'abandoned' });
  });

  it('lets the API serve every address', async () => {
    const { body } = await ask<{ paths: Record<string, Record<string, unknown>> }>(api, '/openapi.json');
    const [provider]: [{ id: string }] = await roles.owner.query(`SELECT id FROM providers LIMIT 1`);
    const { body: clinics } = await ask<{ entry: { resource: { id: string } }[] }>(
      api,
      '/fhir/R4/Organization',
    );
    const idOf = (path: string) => {
      if (path.includes('/syncs/')) return known.runs.succeeded;
      if (path.includes('/partners/')) return 'noteworth';
      return path.includes('/Organization/') ? (clinics.entry[0]?.resource.id ?? '') : provider.id;
    };
    const paths = Object.entries(body.paths)
      .filter(([, methods]) => 'get' in methods)
      .map(([path]) => path.replace(/\{[^}]+\}/, idOf(path)));
    const pages = ['/', '/providers', '/runs', '/partners', '/rejected-records', `/runs/${known.rejecting}`];
    const exports = ['/api/v1/providers', '/api/v1/syncs', '/api/v1/rejected-records'].map(
      (path) => `${path}?format=csv`,
    );
    const all = [...paths, ...pages, `/providers/${known.changed}`, ...exports];
    const broken: string[] = [];
    for (const path of all) {
      if (path.endsWith('/events')) continue;
      const { status } = await ask(api, path, { headers: { Accept: '*/*' } });
      // This system has no receiver of webhooks and no erased person.
      const hasNone = /\/(webhooks|erasures)\//.test(path);
      if (status >= 500 || (status === 404 && !hasNone)) broken.push(`${status} ${path}`);
    }
    expect(all.length).toBeGreaterThan(25);
    expect(broken).toEqual([]);
  });

  it('lacks no right', () => {
    expect(`${lines.join('')}${api.log()}`).not.toMatch(/permission denied|42501/);
  });
});
