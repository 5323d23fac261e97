import { killCommands } from '../support/command';
import { startDrippingWay } from '../support/dripping-way';
import { expectStored } from '../support/expect-stored';
import { inScenario, type Scenario, type StartedRun, until } from '../support/scenario';

/*
 * A partner that other programs call too, and a partner that answers byte by byte.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;

const ledger = async (run: StartedRun, endpoint: string) =>
  (await run.run()).calls.filter((call) => call.endpoint === endpoint).map(({ outcome }) => outcome);

describe('another program that requests a token between our two calls', () => {
  const SLOW = { fault: 'slow', delayMs: 4_000 } as const;

  /** Our own calls; other programs send HEAD requests, which create a token too. */
  const ours = ({ simulator }: Scenario, endpoint: string) =>
    simulator.calls.filter((call) => call.endpoint === endpoint && call.method === 'GET').length;

  /** Requests a token during each of our first calls to /providers, before the checksum is checked. */
  async function interfere(scenario: Scenario, times: number): Promise<void> {
    for (let call = 1; call <= times; call += 1) {
      await until(() => ours(scenario, 'providers') === call);
      await fetch(`${scenario.simulator.url}/auth`, { method: 'HEAD' });
    }
  }

  it.concurrent(
    'once costs a second call to each endpoint',
    inScenario({ providers: [SLOW] }, async (scenario) => {
      await scenario.startWorkerHere();
      const run = await scenario.startRun();
      await interfere(scenario, 1);
      expect(await run.result).toMatchObject({ status: 'succeeded' });
      expect(await ledger(run, 'providers')).toEqual(['TokenRejected', 'ok']);
      expect([ours(scenario, 'auth'), ours(scenario, 'providers')]).toEqual([2, 2]);
      await expectStored(scenario);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'every time ends the run as TokenRejected after three calls to each endpoint',
    inScenario({ providers: [SLOW, SLOW, SLOW] }, async (scenario) => {
      await scenario.startWorkerHere();
      const run = await scenario.startRun();
      await interfere(scenario, 3);
      await expect(run.result).rejects.toMatchObject({ cause: { type: 'TokenRejected' } });
      expect(await run.run()).toMatchObject({
        status: 'failed',
        failure: { type: 'TokenRejected', message: expect.stringContaining('failed 3 times') },
      });
      expect(await ledger(run, 'auth')).toEqual(['ok', 'ok', 'ok']);
      expect([ours(scenario, 'auth'), ours(scenario, 'providers')]).toEqual([3, 3]);
      expect(await scenario.dataSource.query('SELECT 1 FROM providers')).toEqual([]);
    }),
    PATIENCE_MS,
  );
});

describe('a partner that answers byte by byte, headers and all,', () => {
  it.concurrent(
    'within the deadline succeeds',
    inScenario({}, async (scenario) => {
      const way = await startDrippingWay(scenario.simulator.url, 1);
      try {
        await scenario.startWorkerHere({ NOTEWORTH_BASE_URL: way.url, NOTEWORTH_DEADLINE: '1m' });
        const run = await scenario.startRun();
        expect(await run.result).toMatchObject({ status: 'succeeded' });
        expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
        await expectStored(scenario);
      } finally {
        way.close();
      }
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'beyond the deadline is a PartnerTimeout, although it is never silent for long',
    inScenario({}, async (scenario) => {
      const way = await startDrippingWay(scenario.simulator.url, 100);
      try {
        await scenario.startWorkerHere({ NOTEWORTH_BASE_URL: way.url, NOTEWORTH_DEADLINE: '2s' });
        const run = await scenario.startRun();
        await expect(run.result).rejects.toMatchObject({ cause: { type: 'PartnerTimeout' } });
        const { calls } = await run.run();
        expect(calls.map(({ outcome, httpStatus }) => [outcome, httpStatus])).toEqual(
          Array(3).fill(['PartnerTimeout', null]),
        );
        for (const { tookMs } of calls) expect(tookMs).toBeGreaterThanOrEqual(1_999);
        expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([3, 0]);
      } finally {
        way.close();
      }
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'only in its body and beyond the deadline is a PartnerTimeout that states the received bytes',
    inScenario({ providers: [{ fault: 'drip', everyMs: 100 }] }, async (scenario) => {
      await scenario.startWorkerHere({ NOTEWORTH_DEADLINE: '5s' });
      const run = await scenario.startRun();
      expect(await run.result).toMatchObject({ status: 'succeeded' });
      const [timedOut] = (await run.run()).calls.filter(({ endpoint }) => endpoint === 'providers');
      expect(timedOut).toMatchObject({
        outcome: 'PartnerTimeout',
        httpStatus: 200,
        bytes: expect.any(Number),
        detail: expect.stringMatching(/within 5 seconds \(\d+ bytes so far\)/),
      });
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 2]);
    }),
    PATIENCE_MS,
  );
});
