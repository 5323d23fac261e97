import { randomUUID } from 'node:crypto';
import { createLogger } from '../../../src/process/logger';
import type { FamilyName } from '../../../src/simulator/family/family';
import { startSimulator } from '../../../src/simulator/simulator';
import { getRun } from '../../../src/store/runs/read-runs';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { watchSync } from '../../../src/temporal/runs/watch-sync';
import { startEngine } from '../../support/engine';
import { exampleFileAt } from '../../support/example-partners';
import { expectedFields } from '../../support/expected-fields';
import { createDatabaseToMigrate } from '../../support/test-database';
import { useOpened } from '../../support/use-opened';

const RECORDS = 450;

/** The whole system with the example of partners.yaml as it stands, and the simulator that serves its partners. */
const system = useOpened(
  async () => {
    const simulator = await startSimulator({ records: RECORDS, rates: { auth: {}, providers: {} } });
    const database = await createDatabaseToMigrate();
    const engine = await startEngine({
      databaseUrl: database.url,
      temporalAddress: process.env.TEST_TEMPORAL_ADDRESS ?? '',
      taskQueue: randomUUID(),
      partnersFile: exampleFileAt(simulator.url),
      log: createLogger('fatal'),
    });
    return { ...engine, simulator, database };
  },
  async ({ simulator, database, ...engine }) => {
    await simulator.close();
    await engine.stop();
    await database.drop();
  },
);

async function sync(partner: string) {
  const handle = await startSync(system.client, system.config.taskQueue, { partner, trigger: 'cli' });
  const outcome = await watchSync(handle, () => undefined);
  const run = await getRun(system.dataSource, handle.workflowId);
  const calls = run?.calls.map(({ endpoint, page, outcome: end }) => `${endpoint} ${page} ${end}`) ?? [];
  return { outcome, calls };
}

async function stored(partner: string): Promise<string[]> {
  const rows = await system.dataSource.query<{ line: string }[]>(
    `SELECT jsonb_build_array(given_name, family_name, title, clinic)::text AS line FROM providers
     WHERE partner = $1`,
    [partner],
  );
  return rows.map(({ line }) => JSON.stringify(JSON.parse(line))).sort();
}

describe('by the example file alone, a sync stores the list of', () => {
  it.each<[FamilyName, pages: number]>([
    ['noclist', 1],
    ['acme', 5],
    ['county', 1],
    ['signed', 1],
    ['hospital', 5],
    ['nppes', 4],
    ['graph', 5],
    ['export', 1],
  ])('%s, and changes nothing the second time', async (name, pages) => {
    const first = await sync(name);
    expect(first.outcome).toMatchObject({ status: 'succeeded', received: RECORDS, inserted: RECORDS });
    expect(first.calls.filter((call) => call.startsWith('providers'))).toEqual(
      Array.from({ length: pages }, (_, index) => `providers ${index + 1} ok`),
    );
    expect(await stored(name)).toEqual(
      expectedFields(name, RECORDS)
        .map((fields) => JSON.stringify(fields))
        .sort(),
    );
    const second = await sync(name);
    expect(second.outcome).toMatchObject({
      status: 'succeeded',
      unchanged: RECORDS,
      updated: 0,
      departed: 0,
    });
  });

  it('noteworth', async () => {
    expect((await sync('noteworth')).outcome).toMatchObject({ status: 'succeeded', received: 10 });
  });
});

describe('a fault at a page', () => {
  beforeEach(() => {
    for (const name of ['acme', 'hospital'] as const) system.simulator.family[name].reset();
  });

  it('that an expired token causes costs one more token', async () => {
    const { acme } = system.simulator.family;
    acme.script({ endpoint: 'providers', page: 3, steps: ['expireToken'] });
    const { outcome, calls } = await sync('acme');
    expect(outcome).toMatchObject({ status: 'succeeded', received: RECORDS });
    expect(calls).toEqual([
      'auth 1 ok',
      'providers 1 ok',
      'providers 2 ok',
      'providers 3 TokenRejected',
      'auth 3 ok',
      'providers 3 ok',
      'providers 4 ok',
      'providers 5 ok',
    ]);
  });

  it('is repeated for this page only, at most three times', async () => {
    const { acme } = system.simulator.family;
    acme.script({ endpoint: 'providers', page: 2, steps: ['cut'] });
    acme.script({
      endpoint: 'providers',
      page: 5,
      steps: [{ fault: 'status', status: 429, retryAfter: '1' }, 'error500'],
    });
    expect((await sync('acme')).outcome).toMatchObject({ status: 'succeeded', received: RECORDS });
    const pages = acme.calls.flatMap(({ page }) => page ?? []);
    expect(pages).toEqual([1, 2, 2, 3, 4, 5, 5, 5]);
    acme.reset();
    acme.script({ endpoint: 'providers', page: 4, steps: ['cut', 'cut', 'cut'] });
    expect((await sync('acme')).outcome).toMatchObject({
      status: 'failed',
      failure: { type: 'IncompleteResponse' },
    });
    expect(acme.calls.filter(({ page }) => page === 4)).toHaveLength(3);
    expect(await stored('acme')).toHaveLength(RECORDS);
  });

  it.each([
    ['a smaller total at the end', 5, { fault: 'shrinkTotal', by: 5 }],
    ['a lost link', 2, 'loseLink'],
    ['a repeated link', 2, 'repeatLink'],
    ['a page that lacks records', 2, { fault: 'shortPage', count: 3 }],
  ] as const)('stores nothing: %s', async (_what, page, step) => {
    const { hospital } = system.simulator.family;
    hospital.script({ endpoint: 'providers', page, steps: [step, step, step] });
    expect((await sync('hospital')).outcome).toMatchObject({
      status: 'failed',
      failure: { type: 'IncompleteResponse' },
    });
    expect(await stored('hospital')).toHaveLength(RECORDS);
  });
});
