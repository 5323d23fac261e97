import { randomUUID } from 'node:crypto';
import { killCommands, startCommand } from '../support/command';
import { runHere } from '../support/command-here';
import { tablesWith } from '../support/find-in-tables';
import { person, serving } from '../support/people';
import { inScenario, type Scenario, until } from '../support/scenario';

/* A worker that is killed with SIGKILL while it erases a person. */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const NAME = 'Xanthippe-Quirina';
const XANTHIPPE = person(NAME);
const OTHERS = Array.from({ length: 9 }, (_, number) => person(`Ann ${number}`));
const WHY = ['--reason', 'Ticket 7'];
const PLACES = ['providers', 'rejected_records'];

async function sync({ startRun, taskQueue }: Scenario, name: string) {
  const run = await startRun(`${name}-${taskQueue}`);
  await run.result;
  return run.run();
}

describe('a worker that is killed while it erases a person', () => {
  it(
    'leaves nothing half, and another worker erases the person, who does not come back',
    inScenario(
      {
        providers: [
          serving(XANTHIPPE, ...OTHERS.slice(1), { ...XANTHIPPE, clinic: null }),
          serving(XANTHIPPE, ...OTHERS),
          serving(XANTHIPPE, ...OTHERS),
        ],
      },
      async (scenario) => {
        const { dataSource, env } = scenario;
        const worker = await scenario.startWorker();
        expect(await sync(scenario, 'first')).toMatchObject({ inserted: 9, rejected: 1 });
        expect(await tablesWith(dataSource, NAME)).toEqual(PLACES);
        const [{ id }] = await dataSource.query('SELECT id FROM providers WHERE given_name = $1', [NAME]);

        expect(await runHere(['providers', 'erase', id, ...WHY], env)).toMatchObject({ code: 2 });
        const named = await runHere(['providers', 'erase', id, '--yes', '--reason', `${NAME} asked`], env);
        expect(named).toMatchObject({ code: 2, stderr: expect.stringContaining('holds the name') });
        const lock = await scenario.lock('provider_changes');
        const erasing = startCommand(
          ['providers', 'erase', id, ...WHY, '--yes', '--json', '--by', 'zoe'],
          env,
        );
        await until(() => scenario.isWaiting('DELETE FROM provider_changes'));
        await worker.end('SIGKILL');
        await scenario.endSessions();
        await lock.release();
        expect(await tablesWith(dataSource, NAME)).toEqual(PLACES);
        expect(await dataSource.query('SELECT FROM erasures')).toEqual([]);

        await scenario.startWorkerHere();
        const { code, stdout } = await erasing.ended;
        expect(code).toBe(0);
        const receipt = JSON.parse(stdout);
        expect(receipt).toMatchObject({
          providerId: id,
          erasedBy: 'zoe',
          reason: 'Ticket 7',
          removed: { providers: 1, changes: 0, rejectedRecords: 1, keptAnswers: 1 },
        });
        expect(await tablesWith(dataSource, NAME)).toEqual([]);

        expect(await sync(scenario, 'second')).toMatchObject({
          received: 10,
          inserted: 1,
          unchanged: 8,
          remarks: [{ type: 'PeopleSuppressed', count: 1 }],
        });
        expect(await tablesWith(dataSource, NAME)).toEqual([]);
        const again = await runHere(['providers', 'erase', id, ...WHY, '--yes', '--json'], env);
        expect([again.code, JSON.parse(again.stdout)]).toEqual([0, receipt]);
        const other = randomUUID();
        const unknown = await runHere(['providers', 'erase', other, ...WHY, '--yes'], env);
        expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining(`no provider ${other}`) });

        expect((await runHere(['providers', 'unerase', receipt.id], env)).code).toBe(0);
        expect(await sync(scenario, 'third')).toMatchObject({ inserted: 1, remarks: [] });
        expect(await tablesWith(dataSource, NAME)).toEqual(['providers']);
        const { stdout: listed } = await runHere(['providers', 'erasures', '--json'], env);
        expect(JSON.parse(listed).items).toMatchObject([{ id: receipt.id, liftedAt: expect.any(String) }]);
      },
    ),
    PATIENCE_MS,
  );
});
