import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { listProviders } from '../../../src/store/directory/read-providers';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { getRun, listRuns } from '../../../src/store/runs/read-runs';
import { person, serving, TEN } from '../../support/people';
import { until } from '../../support/scenario';
import { directory, useSystem } from '../../support/system';

/*
 * The mistakes that other solutions made with this API.
 */

const system = useSystem();
beforeEach(() => system.dataSource.query('TRUNCATE sync_runs, providers CASCADE'));

const calls = () => [system.calls('auth'), system.calls('providers')];
const reasons = async () =>
  (
    await system.dataSource.query<{ reason: string }[]>(
      'SELECT reason FROM rejected_records ORDER BY position',
    )
  ).map(({ reason }) => reason);
const lines = (people: readonly ReturnType<typeof person>[]) =>
  people.map((one) => [one.name_given, one.name_family, one.title, one.clinic].join('|')).sort();

/** Starts runs of one partner, none of which ends before all others were skipped. */
async function atOnce<T>(starts: readonly (() => Promise<T>)[]): Promise<T[]> {
  const locker = system.dataSource.createQueryRunner();
  await locker.startTransaction();
  await locker.query('LOCK TABLE providers IN ACCESS EXCLUSIVE MODE');
  try {
    const ended = Promise.all(starts.map((start) => start()));
    await until(async () => {
      const skipped: unknown[] = await system.dataSource.query(
        `SELECT FROM sync_runs WHERE status = 'skipped'`,
      );
      return skipped.length === starts.length - 1;
    });
    await locker.rollbackTransaction();
    return await ended;
  } finally {
    if (locker.isTransactionActive) await locker.rollbackTransaction();
    await locker.release();
  }
}

describe('not made here:', () => {
  it('nested retries that multiply', async () => {
    await system.sync({ providers: ['error500', 'error500', 'error500', 'error500'] });
    expect(calls()).toEqual([1, 3]);
    await system.sync({ auth: ['error500', 'error500', 'error500', 'error500'] });
    expect(calls()).toEqual([3, 0]);
  });

  it('2 tries taken for 2 retries', async () => {
    const { run } = await system.sync({ auth: ['error500', 'error500'], providers: ['cut', 'cut'] });
    expect([run.status, ...calls()]).toEqual(['succeeded', 3, 3]);
  });

  it('a retry that awaits the same promise twice', async () => {
    const { run } = await system.sync({ auth: ['reset'], providers: ['reset'] });
    expect([run.status, ...calls()]).toEqual(['succeeded', 2, 2]);
  });

  it.each(['hangForever', 'stall', { fault: 'drip', everyMs: 100 }] as const)(
    'no timeout, or one that a byte a second keeps alive (%j)',
    async (step) => {
      const { run } = await system.sync({ providers: [step] });
      expect(run.status).toBe('succeeded');
      expect(run.calls.map((call) => call.outcome)).toEqual(['ok', 'PartnerTimeout', 'ok']);
    },
  );

  it('a cut answer taken for success, or not retried, or a crash', async () => {
    const { run } = await system.sync({ providers: ['cut', 'cut', serving(...TEN)] });
    expect([run.status, run.received, ...calls()]).toEqual(['succeeded', 10, 1, 3]);
    expect(await directory(system.dataSource)).toEqual(lines(TEN));
  });

  it.each(['noToken', 'emptyToken'] as const)(
    '"None/providers" hashed where the token was missing (%s)',
    async (step) => {
      const { run } = await system.sync({ auth: [step, step, step] });
      expect([run.status, ...calls()]).toEqual(['failed', 3, 0]);
    },
  );

  it('a 403 retried with the same token', async () => {
    const { run } = await system.sync({ providers: ['rejectToken', 'replaceToken'] });
    expect([run.status, ...calls()]).toEqual(['succeeded', 3, 3]);
    expect(run.calls.map((call) => call.endpoint)).toEqual([
      'auth',
      'providers',
      'auth',
      'providers',
      'auth',
      'providers',
    ]);
  });

  it("syncs in parallel killing each other's token", async () => {
    system.simulator.reset();
    const { taskQueue } = system.config;
    const results = (await atOnce(
      [1, 2, 3, 4, 5].map(
        (id) => () =>
          system.client.workflow.execute('syncProviders', { taskQueue, workflowId: `${taskQueue}-${id}` }),
      ),
    )) as { status: string; id: string; holder?: { id: string } }[];
    const [winner] = results.filter(({ status }) => status === 'succeeded');
    const skipped = results.filter(({ status }) => status === 'skipped');
    expect(skipped.map(({ holder }) => holder?.id)).toEqual(Array(4).fill(winner?.id));
    expect(calls()).toEqual([1, 1]);
  });

  it('duplicates from repeated or parallel first syncs, and one duplicate blocking every later sync', async () => {
    const twice = serving(...TEN, TEN[0]);
    const syncTwice = () => system.sync({ providers: [twice] });
    const first = await atOnce([syncTwice, syncTwice]);
    expect(first.map(({ run }) => run.status).sort()).toEqual(['skipped', 'succeeded']);
    const { run } = await system.sync({ providers: [twice] });
    expect(run).toMatchObject({ status: 'succeeded', inserted: 0, updated: 0, unchanged: 10, duplicates: 1 });
    expect(await directory(system.dataSource)).toEqual(lines(TEN));
  });

  it('one null field aborting the batch after some rows were stored', async () => {
    const { run } = await system.sync({ providers: [serving(...TEN, person('Bo', { title: null }), null)] });
    expect(run).toMatchObject({ status: 'succeeded', received: 12, inserted: 10, rejected: 2 });
    expect(await reasons()).toEqual(['NullField', 'NotAnObject']);
    expect(await directory(system.dataSource)).toEqual(lines(TEN));
  });

  it('a changed clinic or title ignored', async () => {
    await system.sync({ providers: [serving(...TEN)] });
    const changed = [person('Ann 0', { title: 'NP' }), person('Ann 1', { clinic: 'South' }), ...TEN.slice(2)];
    const { run } = await system.sync({ providers: [serving(...changed)] });
    expect(run).toMatchObject({ inserted: 1, updated: 1, unchanged: 8 });
    expect(
      await system.dataSource.query('SELECT field, before, after, run_id FROM provider_changes'),
    ).toEqual([{ field: 'title', before: 'Dr.', after: 'NP', run_id: run.id }]);
    expect(await directory(system.dataSource)).toEqual(lines([...changed, person('Ann 1')]));
  });

  it('400-character names and NULs that only the real Postgres refuses', async () => {
    const bad = [
      person('x'.repeat(400)),
      person('N\0ul'),
      person('Half\ud83d'),
      person('Bo', { note: ['\0'] }),
    ];
    const good = [...TEN, ...TEN.map((one) => ({ ...one, clinic: 'South' }))];
    const { run } = await system.sync({ providers: [serving(...good, ...bad)] });
    expect(run).toMatchObject({ status: 'succeeded', inserted: 20, rejected: 4 });
    expect(await reasons()).toEqual(['TooLong', 'InvalidCharacter', 'InvalidCharacter', 'InvalidCharacter']);
  });

  it('twins that differ stored one over the other', async () => {
    const { run } = await system.sync({ providers: [serving(...TEN, person('Ann 0', { title: 'PA' }))] });
    expect(run).toMatchObject({ inserted: 9, rejected: 2 });
    expect(await reasons()).toEqual(['ConflictingDuplicate', 'ConflictingDuplicate']);
  });

  it('success and failure that a caller cannot tell apart', async () => {
    const succeeded = await system.sync();
    const failed = await system.sync({ providers: ['unauthorized'] });
    expect(succeeded.outcome).toMatchObject({ status: 'succeeded', received: 10 });
    expect(failed.outcome).toMatchObject({ status: 'failed', failure: { type: 'RequestRejected' } });
    const states = await Promise.all(
      [succeeded, failed].map(({ run }) => system.client.workflow.getHandle(run.workflowId).describe()),
    );
    expect(states.map(({ status }) => status.name)).toEqual(['COMPLETED', 'FAILED']);
  });

  it('expected failures logged as stack traces', async () => {
    const before = system.log().length;
    await system.sync({ providers: ['error500', 'cut', 'unauthorized'] });
    const logged = system.log().slice(before);
    expect(logged).toContain('Partner call failed');
    expect(logged).not.toMatch(/\n\s+at |\\n\s+at /);
  });

  it('whole person records and tokens in logs and tables', async () => {
    const before = system.log().length;
    const [one] = TEN;
    await system.sync({ providers: [serving(...TEN, person('Bo', { title: null }))] });
    expect(system.log().slice(before)).not.toContain(one?.name_family);
    const [ledger] = await system.dataSource.query<{ text: string }[]>(
      'SELECT json_agg(c)::text || (SELECT json_agg(r)::text FROM sync_runs r) AS text FROM partner_calls c',
    );
    expect(ledger?.text).not.toContain(one?.name_family);
  });

  it('GET requests that write', async () => {
    const { run } = await system.sync();
    const readOnly = createDataSource({
      url: `${system.databaseUrl}?options=-c%20default_transaction_read_only%3Don`,
      applicationName: 'reader',
      poolSize: 1,
    });
    await readOnly.initialize();
    try {
      await expect(readOnly.query('DELETE FROM providers')).rejects.toThrow('read-only');
      expect((await listProviders(readOnly, { limit: 50 })).items).toHaveLength(10);
      expect((await listRuns(readOnly, { limit: 50 })).items).toHaveLength(1);
      expect((await getRun(readOnly, run.id))?.calls).toHaveLength(2);
    } finally {
      await readOnly.destroy();
    }
  });

  it('tests that mock the retry away', () => {
    const folder = join(PACKAGE_ROOT, 'test');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const mocking = files.filter((name) =>
      new RegExp(['jest', '(mock|useFakeTimers)\\('].join('\\.')).test(
        readFileSync(join(folder, name), 'utf8'),
      ),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(mocking).toEqual([]);
  });
});
