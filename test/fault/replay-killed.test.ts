import { randomUUID } from 'node:crypto';
import { startSync } from '../../src/temporal/runs/start-sync';
import { killCommands } from '../support/command';
import { dumpTables } from '../support/dump-tables';
import { inScenario, type Scenario, until } from '../support/scenario';

/* Workers that are killed with SIGKILL in a replay, while it reads the kept answer or stores it. */

afterAll(killCommands);

const PATIENCE_MS = 300_000;

function directoryOf(tables: Awaited<ReturnType<typeof dumpTables>>) {
  return [tables.get('providers'), tables.get('provider_changes')];
}

async function replayThroughKill(scenario: Scenario, table: string, words: string): Promise<void> {
  const { client, taskQueue, dataSource } = scenario;
  const worker = await scenario.startWorker();
  const first = await scenario.startRun();
  await first.result;
  const { id } = await first.run();
  const calls = scenario.calls('providers');

  const before = await dumpTables(dataSource).then(directoryOf);
  const lock = await scenario.lock(table);
  const start = { partner: 'noteworth', trigger: 'cli', replay: id, workflowId: randomUUID() } as const;
  const replay = await startSync(client, taskQueue, start);
  await until(() => scenario.isWaiting(words));
  await worker.end('SIGKILL');
  await scenario.endSessions();
  await lock.release();
  await scenario.startWorker();

  expect(await replay.result()).toMatchObject({ status: 'succeeded', received: 10, unchanged: 10 });
  expect(scenario.calls('providers')).toBe(calls);
  expect(await dumpTables(dataSource).then(directoryOf)).toEqual(before);
}

describe('a replay whose worker is killed', () => {
  it(
    'while it reads the answer continues on another worker',
    inScenario({}, (scenario) => replayThroughKill(scenario, 'kept_answers', 'FROM kept_answers')),
    PATIENCE_MS,
  );

  it(
    'while it stores the answer continues on another worker',
    inScenario({}, (scenario) => replayThroughKill(scenario, 'providers', 'FROM providers')),
    PATIENCE_MS,
  );
});
