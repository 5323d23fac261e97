import { killCommands } from '../support/command';
import { type Scenario, startScenario, until } from '../support/scenario';
import { directory } from '../support/system';

/*
 * Workers that are stopped with SIGTERM while Postgres hangs during their work. The partner's deadline is short, so
 * that their grace period is short too.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const SHORT_GRACE = { NOTEWORTH_DEADLINE: '3s' };

/** Lets every insert into the table hang until it is repaired. */
async function hangAt({ dataSource }: Scenario, table: string): Promise<{ mend(): Promise<void> }> {
  await dataSource.query(
    `CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql
     AS $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$`,
  );
  await dataSource.query(
    `CREATE TRIGGER hang BEFORE INSERT ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION hang()`,
  );
  return { mend: async () => void (await dataSource.query(`DROP TRIGGER hang ON ${table}`)) };
}

async function isHanging({ dataSource }: Scenario): Promise<boolean> {
  const hanging: unknown[] = await dataSource.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
  );
  return hanging.length > 0;
}

describe('a worker that is stopped while Postgres hangs', () => {
  it.concurrent(
    'during a save ends itself and the save after its grace period; the next worker saves without another call',
    async () => {
      const scenario = await startScenario();
      try {
        const { mend } = await hangAt(scenario, 'providers');
        const first = await scenario.startWorker(undefined, SHORT_GRACE);
        const { result } = await scenario.startRun();
        await until(() => isHanging(scenario));
        const { code, stderr } = await first.end('SIGTERM');
        expect(code).toBe(0);
        expect(stderr).toContain('the worker was stopped before this step ended');
        // Otherwise its locks would block the next worker for minutes.
        await until(async () => !(await isHanging(scenario)));
        await mend();
        await scenario.startWorker();
        expect(await result).toMatchObject({ status: 'succeeded', inserted: 10 });
        expect(await directory(scenario.dataSource)).toHaveLength(10);
        expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
      } finally {
        await scenario.end();
      }
    },
    PATIENCE_MS,
  );

  it.concurrent(
    'while it opens a run ends within the time that it reported; the next worker opens the run',
    async () => {
      const scenario = await startScenario();
      try {
        const { mend } = await hangAt(scenario, 'sync_runs');
        const first = await scenario.startWorker(undefined, SHORT_GRACE);
        const [, seconds] = await first.says(/"stopsWithinSeconds":([\d.]+)/);
        const { result } = await scenario.startRun();
        await until(() => isHanging(scenario));
        // After this time the platform of a container kills the worker.
        const late = setTimeout(() => process.kill(first.pid, 'SIGKILL'), Number(seconds) * 1000);
        const { code } = await first.end('SIGTERM');
        clearTimeout(late);
        expect(code).toBe(0);
        await mend();
        await scenario.startWorker();
        expect(await result).toMatchObject({ status: 'succeeded', inserted: 10 });
      } finally {
        await scenario.end();
      }
    },
    PATIENCE_MS,
  );
});

describe('a worker that is killed while Postgres hangs in its save', () => {
  it.concurrent(
    'ends the save too',
    async () => {
      const scenario = await startScenario();
      try {
        const { mend } = await hangAt(scenario, 'providers');
        const first = await scenario.startWorker();
        const { result } = await scenario.startRun();
        await until(() => isHanging(scenario));
        await first.end('SIGKILL');
        await until(async () => !(await isHanging(scenario)));
        await mend();
        await scenario.startWorker();
        expect(await result).toMatchObject({ status: 'succeeded', inserted: 10 });
      } finally {
        await scenario.end();
      }
    },
    PATIENCE_MS,
  );
});
