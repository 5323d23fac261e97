import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/process/package-root';
import { killCommands, runCommand } from '../support/command';
import { expectStored } from '../support/expect-stored';
import { inScenario, until } from '../support/scenario';

/*
 * A worker whose wall clock jumps by a day in the middle of a run. Durations and waits use a clock that does not
 * jump.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const DAY_MS = 24 * 60 * 60_000;
const JUMPING_CLOCK = join(PACKAGE_ROOT, 'dist/test/support/jumping-clock.js');
const DEADLINE_MS = 5_000;

describe("a worker's clock that jumps during its calls and in the wait between them", () => {
  for (const [direction, jump] of [
    ['forward', DAY_MS],
    ['back', -DAY_MS],
  ] as const) {
    it.concurrent(
      `${direction} by a day changes no deadline, no wait and no duration in the ledger`,
      inScenario(
        { auth: [{ fault: 'status', status: 503, retryAfter: '2' }], providers: ['hangForever'] },
        async (scenario) => {
          const worker = await scenario.startWorker(undefined, {
            NODE_OPTIONS: `--require ${JUMPING_CLOCK}`,
            CLOCK_JUMP_MS: String(jump),
            NOTEWORTH_DEADLINE: `${DEADLINE_MS}ms`,
          });
          const { result, run } = await scenario.startRun();
          await until(() => scenario.simulator.calls[0]?.ended === 'answered');
          process.kill(worker.pid, 'SIGUSR2');
          await until(() => scenario.calls('providers') === 1);
          process.kill(worker.pid, 'SIGUSR2');
          await result;

          const { calls } = await run();
          const ledger = (endpoint: string) =>
            calls
              .filter((call) => call.endpoint === endpoint)
              .sort((one, other) => one.attempt - other.attempt)
              .map(({ outcome }) => outcome);
          expect(ledger('auth')).toEqual(['PartnerBusy', 'ok']);
          expect(ledger('providers')).toEqual(['PartnerTimeout', 'ok']);
          expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([2, 2]);
          for (const { tookMs } of calls) expect(tookMs).toBeLessThan(DAY_MS / 24);
          for (const { tookMs } of calls) expect(tookMs).toBeGreaterThanOrEqual(0);
          const timedOut = calls.find(({ outcome }) => outcome === 'PartnerTimeout');
          expect(timedOut?.tookMs).toBeGreaterThanOrEqual(DEADLINE_MS - 1);
          // The clock has jumped: the ledger has the worker's time, a run has the time of Postgres.
          expect(Math.abs(Date.parse(timedOut?.startedAt ?? '') - Date.now())).toBeGreaterThan(DAY_MS / 2);
          const [first, second] = scenario.simulator.calls;
          expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
          await expectStored(scenario);

          const next = await scenario.startRun(`next-${scenario.taskQueue}`);
          await next.result;
          const { stdout } = await runCommand(['runs', 'list', '--json'], scenario.env);
          const ids = JSON.parse(stdout).items.map(({ id }: { id: string }) => id);
          expect(ids).toEqual([(await next.run()).id, (await run()).id]);
        },
      ),
      PATIENCE_MS,
    );
  }
});
