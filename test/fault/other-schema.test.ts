import { migrate, pendingMigrations } from '../../src/store/migrate/migrate';
import { revertLastMigration } from '../../src/store/migrate/revert-migration';
import { MIGRATIONS } from '../../src/store/schema/migrations';
import { NEXT_MIGRATIONS, withMigrations } from '../support/next-migration';
import { person, serving, TEN } from '../support/people';
import { type Scenario, startScenario, until } from '../support/scenario';
import { directory } from '../support/system';

/* Workers on the tables of other versions, as during an upgrade. */

const PATIENCE_MS = 300_000;
const NOT_MIGRATED = /The tables are not those of this version.*run `provider-sync migrate`/;

let scenario: Scenario;

beforeEach(async () => {
  scenario = await startScenario();
});
afterEach(() => scenario.end());

async function goBack(migrations: number): Promise<void> {
  for (let count = 0; count < migrations; count++) {
    await revertLastMigration(scenario.dataSource, { losingData: true });
  }
}

const calls = () => [scenario.calls('auth'), scenario.calls('providers')];

describe('a worker', () => {
  it(
    'waits without a call to the partner until the tables exist',
    async () => {
      await goBack(MIGRATIONS.length);
      const worker = await scenario.startWorkerHere();
      const { result } = await scenario.startRun();
      await until(() => NOT_MIGRATED.test(worker.log()));
      expect(calls()).toEqual([0, 0]);
      await migrate(scenario.dataSource);
      expect(await result).toMatchObject({ status: 'succeeded', inserted: 10 });
      expect(calls()).toEqual([1, 1]);
    },
    PATIENCE_MS,
  );

  it(
    'continues as far as possible on the tables of the version before, and fully once they are migrated',
    async () => {
      await goBack(1);
      const worker = await scenario.startWorkerHere();
      const { result } = await scenario.startRun();
      await Promise.race([until(() => NOT_MIGRATED.test(worker.log())), result]);
      await migrate(scenario.dataSource);
      expect(await result).toMatchObject({ status: 'succeeded', inserted: 10 });
      expect(calls()).toEqual([1, 1]);
      expect(await directory(scenario.dataSource)).toHaveLength(10);
    },
    PATIENCE_MS,
  );

  it(
    'works on the tables of the version after, which has more tables and columns',
    async () => {
      const next = await withMigrations(scenario.dataSource, NEXT_MIGRATIONS);
      await migrate(next);
      await scenario.startWorkerHere();
      const first = await scenario.startRun();
      expect(await first.result).toMatchObject({ status: 'succeeded', inserted: 10 });
      await next.query(`UPDATE providers SET review = 'done', reviewed_by = 'a reviewer'`);

      scenario.simulator.script('providers', [serving(person('Ann 0', { title: 'NP' }), ...TEN.slice(1))]);
      const second = await scenario.startRun();
      expect(await second.result).toMatchObject({ status: 'succeeded', updated: 1, unchanged: 9 });
      expect(await next.query('SELECT DISTINCT review, reviewed_by FROM providers')).toEqual([
        { review: 'done', reviewed_by: 'a reviewer' },
      ]);

      expect(await migrate(scenario.dataSource)).toEqual([]);
      expect(await pendingMigrations(next)).toEqual([]);
      await next.destroy();
    },
    PATIENCE_MS,
  );
});
