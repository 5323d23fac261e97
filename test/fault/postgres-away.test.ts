import { setTimeout as sleep } from 'node:timers/promises';
import { expectCalm, storeFailed } from '../support/calm-worker';
import { killCommands, type RunningCommand, startCommand } from '../support/command';
import { expectWholeAtOnce } from '../support/expect-stored';
import { canFillDisk, fillDisk, pretendFullDisk } from '../support/full-disk';
import { inScenario, type Scenario, type ScenarioOptions, type StartedRun, until } from '../support/scenario';
import { directory } from '../support/system';
import { startWay } from '../support/way';

/*
 * A Postgres that the test can reach, but the worker cannot. In each case the run waits, the partner is not called
 * again, and nothing is stored in part.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const SLOW = { fault: 'slow', delayMs: 5_000 } as const;

interface Outage {
  readonly scenario: Scenario;
  /** Reaches Postgres through a proxy that {@link away} closes and {@link back} opens. */
  startWorker(saying?: RegExp): Promise<RunningCommand>;
  away(): void;
  back(): void;
}

function inOutage(options: ScenarioOptions, test: (outage: Outage) => Promise<void>): () => Promise<void> {
  return inScenario(options, async (scenario) => {
    const { host } = new URL(scenario.databaseUrl);
    const way = await startWay(host);
    const url = new URL(scenario.databaseUrl);
    url.host = way.address;
    try {
      await test({
        scenario,
        startWorker: (saying) => scenario.startWorker(undefined, { DATABASE_URL: url.href }, saying),
        away() {
          way.lead('127.0.0.1:1');
          way.reset();
        },
        back: () => way.lead(host),
      });
    } finally {
      way.close();
    }
  });
}

/** Starts a run and waits until it is in its slow call. */
async function runCalling(scenario: Scenario, endpoint: 'auth' | 'providers'): Promise<StartedRun> {
  const started = await scenario.startRun();
  await until(() => scenario.calls(endpoint) === 1);
  return started;
}

/** A running sync whose answer is not stored yet. */
async function expectWaiting(scenario: Scenario, { run }: StartedRun): Promise<void> {
  expect((await run()).status).toBe('running');
  expect(await directory(scenario.dataSource)).toEqual([]);
}

describe('Postgres', () => {
  it.concurrent(
    'that is away for a minute only makes the run wait',
    inOutage({ providers: [SLOW] }, async ({ scenario, startWorker, away, back }) => {
      const worker = await startWorker();
      const started = await runCalling(scenario, 'providers');
      away();
      await worker.says(storeFailed('persistProviders'));
      await sleep(60_000);
      await expectWaiting(scenario, started);
      back();
      await expectWholeAtOnce(scenario, started);
      await expectCalm(worker);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'that is away is reported to the caller of a sync, before the claim and before the save',
    inOutage({ providers: [SLOW] }, async ({ scenario, startWorker, away, back }) => {
      const worker = await startWorker();
      away();
      await worker.says(/Postgres cannot be used; runs wait for it/);
      const sync = startCommand(['sync'], scenario.env);
      await sync.says(/openRun: waiting for Postgres: Postgres cannot be reached: /);
      back();
      await until(() => scenario.calls('providers') === 1);
      away();
      await sync.says(/persistProviders: waiting for Postgres: Postgres cannot be reached: /);
      back();
      expect(await sync.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('10 new') });
      await worker.says(/Postgres can be used again/);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'that is away when the worker starts only makes the worker wait',
    inOutage({}, async ({ scenario, startWorker, away, back }) => {
      away();
      const worker = await startWorker(/Waiting for Postgres/);
      const started = await scenario.startRun();
      back();
      await expectWholeAtOnce(scenario, started);
      await expectCalm(worker);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'that is away while a failed run is recorded gets the record when it is back',
    inOutage({ auth: [SLOW], providers: ['unauthorized'] }, async ({ scenario, startWorker, away, back }) => {
      const worker = await startWorker();
      const { result, run } = await runCalling(scenario, 'auth');
      away();
      await until(() => scenario.calls('providers') === 1);
      await worker.says(storeFailed('closeRun'));
      expect((await run()).status).toBe('running');
      back();
      await expect(result).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
      expect(await run()).toMatchObject({
        status: 'failed',
        failure: { type: 'RequestRejected' },
        calls: [
          { endpoint: 'auth', outcome: 'ok' },
          { endpoint: 'providers', outcome: 'RequestRejected' },
        ],
      });
      await expectCalm(worker);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'that is away while a run is cancelled gets the record when it is back',
    inOutage({ providers: [SLOW] }, async ({ scenario, startWorker, away, back }) => {
      const worker = await startWorker();
      const { handle, result, run } = await runCalling(scenario, 'providers');
      away();
      await worker.says(storeFailed('persistProviders'));
      await handle.cancel();
      await worker.says(storeFailed('closeRun'));
      back();
      await expect(result).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      expect(await run()).toMatchObject({
        status: 'cancelled',
        failure: { type: 'Cancelled' },
        calls: [
          { endpoint: 'auth', outcome: 'ok' },
          { endpoint: 'providers', outcome: 'ok' },
        ],
      });
      expect(await directory(scenario.dataSource)).toEqual([]);
      await expectCalm(worker);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'that ends the session in the transaction (57P01) gets the transaction again',
    inOutage({}, async ({ scenario, startWorker }) => {
      const worker = await startWorker();
      const lock = await scenario.lock('providers');
      const started = await scenario.startRun();
      await until(() => scenario.isWaiting('identity_version'));
      await scenario.endSessions();
      await worker.says(storeFailed('persistProviders', '57P01'));
      await lock.release();
      await expectWholeAtOnce(scenario, started);
      await expectCalm(worker);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'that is read-only (25006) after a failover is replaced by the writable server',
    inOutage({ providers: [SLOW] }, async ({ scenario, startWorker }) => {
      const worker = await startWorker();
      const started = await runCalling(scenario, 'providers');
      const database = new URL(scenario.databaseUrl).pathname.slice(1);
      await scenario.administer(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
      await scenario.endSessions();
      await worker.says(storeFailed('persistProviders', '25006'));
      await expectWaiting(scenario, started);
      // It applies to new sessions only: existing sessions stay writable, unlike on a server that was demoted.
      await scenario.administer(`ALTER DATABASE ${database} RESET default_transaction_read_only`);
      await expectWholeAtOnce(scenario, started);
      await expectCalm(worker);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'with too many connections (53300) is waited for',
    inScenario({ providers: [SLOW] }, async (scenario) => {
      const url = new URL(scenario.databaseUrl);
      const role = `${url.pathname.slice(1)}_worker`;
      // A role of its own: a superuser's connections are not limited.
      await scenario.administer(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
      await scenario.dataSource.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`);
      url.username = role;
      url.password = 'secret';
      try {
        const worker = await scenario.startWorker(undefined, { DATABASE_URL: url.href });
        const started = await runCalling(scenario, 'providers');
        await scenario.administer(`ALTER ROLE ${role} CONNECTION LIMIT 0`);
        await scenario.endSessions();
        await worker.says(storeFailed('persistProviders', '53300'));
        await expectWaiting(scenario, started);
        await scenario.administer(`ALTER ROLE ${role} CONNECTION LIMIT -1`);
        await expectWholeAtOnce(scenario, started);
        await expectCalm(worker);
      } finally {
        await scenario.dataSource.query(`DROP OWNED BY ${role}`);
        await scenario.administer(`DROP ROLE ${role}`);
      }
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    `with a full disk (53100${canFillDisk ? '' : ', raised by a trigger'}) is waited for`,
    inOutage({ providers: [SLOW] }, async ({ scenario, startWorker }) => {
      const worker = await startWorker();
      const disk = await (canFillDisk ? fillDisk : pretendFullDisk)(scenario);
      try {
        const started = await runCalling(scenario, 'providers');
        await worker.says(storeFailed('persistProviders', '53100'));
        await expectWaiting(scenario, started);
        await disk.clear();
        await expectWholeAtOnce(scenario, started);
        await expectCalm(worker);
      } finally {
        await disk.remove();
      }
    }),
    PATIENCE_MS,
  );
});
