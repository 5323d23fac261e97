import { expectCalm, storeFailed } from '../support/calm-worker';
import { killCommands } from '../support/command';
import { expectWholeAtOnce } from '../support/expect-stored';
import { type KillableServer, startKillableServer } from '../support/killable-server';
import { inScenario, type Scenario, type ScenarioOptions, until } from '../support/scenario';

/* A Postgres that is killed with SIGKILL at each moment of a run, and starts again on its data. */

jest.setTimeout(300_000);

const SLOW = { providers: [{ fault: 'slow', delayMs: 5_000 }] } as const;

let server: KillableServer;

beforeAll(async () => {
  server = await startKillableServer('postgres');
});
afterAll(async () => {
  killCommands();
  await server.end();
});

function onThisServer(options: ScenarioOptions, test: (scenario: Scenario) => Promise<void>) {
  return () => inScenario({ ...options, databaseUrl: server.url }, test)();
}

describe('Postgres that is killed', () => {
  it(
    'before openRun delays the run until it is back',
    onThisServer({}, async (scenario) => {
      const worker = await scenario.startWorker();
      await server.kill();
      const started = await scenario.startRun();
      await worker.says(storeFailed('openRun'));
      expect(scenario.calls('auth')).toBe(0);
      await server.start();
      await expectWholeAtOnce(scenario, started);
      await expectCalm(worker);
    }),
  );

  it(
    'in the fetch does not disturb the fetch; the result is stored when it is back',
    onThisServer(SLOW, async (scenario) => {
      const worker = await scenario.startWorker();
      const started = await scenario.startRun();
      await until(() => scenario.calls('providers') === 1);
      await server.kill();
      await worker.says(storeFailed('persistProviders'));
      await server.start();
      await expectWholeAtOnce(scenario, started);
      await expectCalm(worker);
    }),
  );

  it(
    'in the transaction has stored nothing; everything is stored when it is back',
    onThisServer({}, async (scenario) => {
      const worker = await scenario.startWorker();
      await scenario.lock('providers');
      const started = await scenario.startRun();
      await until(() => scenario.isWaiting('identity_version'));
      await server.kill();
      await worker.says(storeFailed('persistProviders'));
      await server.start();
      await expectWholeAtOnce(scenario, started);
      await expectCalm(worker);
    }),
  );

  it(
    'after it refused new sessions (57P03) and ended the others (57P01), as in a failover, is waited for',
    onThisServer({ providers: [{ fault: 'slow', delayMs: 8_000 }] }, async (scenario) => {
      const worker = await scenario.startWorker();
      const started = await scenario.startRun();
      await until(() => scenario.calls('providers') === 1);
      // A "smart" shutdown waits for the existing sessions, also ours, and accepts no new ones.
      const ours = scenario.dataSource.createQueryRunner();
      await ours.connect();
      process.kill(server.pid(), 'SIGTERM');
      await scenario.endSessions(ours);
      await worker.says(storeFailed('persistProviders', '57P03'));
      await server.kill();
      await ours.release();
      await server.start();
      await expectWholeAtOnce(scenario, started);
      await expectCalm(worker);
    }),
  );
});
