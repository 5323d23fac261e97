import { killCommands } from '../support/command';
import { expectWholeAtOnce } from '../support/expect-stored';
import { inScenario, until } from '../support/scenario';

afterAll(killCommands);

describe('a rolling restart', () => {
  it(
    'lets the old worker finish and report its request; the new worker does the rest',
    inScenario({ providers: [{ fault: 'slow', delayMs: 4_000 }] }, async (scenario) => {
      const old = await scenario.startWorker();
      const started = await scenario.startRun();
      await until(() => scenario.calls('providers') === 1);
      const ended = old.end('SIGTERM');
      await old.says(/Stopping/);
      expect(scenario.simulator.calls.at(-1)?.ended).toBe('pending');
      const next = await scenario.startWorker();
      await expectWholeAtOnce(scenario, started);
      expect(scenario.simulator.calls.at(-1)).toMatchObject({ endpoint: 'providers', ended: 'answered' });

      const { code, stderr } = await ended;
      expect(code).toBe(0);
      expect(stderr).toMatch(/"endpoint":"providers","attempt":1.*The partner answered/);
      expect(stderr).not.toMatch(/\\n +at /);
      await next.says(/Run succeeded/);
      expect((await next.end('SIGTERM')).code).toBe(0);
    }),
    300_000,
  );
});
