import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { payloadKeysSchema } from '../../src/process/payload-keys';
import { EncryptionCodec } from '../../src/temporal/payloads/payload-codec';
import { readHistories } from '../replay/histories';
import { PUBLISHED_KEYS } from '../replay/published-keys';
import { killCommands } from '../support/command';
import { COUNTS } from '../support/fake-run';
import { complete, encryptedResult, fail, heartbeat, pendingActivity } from '../support/forge';
import { serving, TEN } from '../support/people';
import { activityResults } from '../support/raw-history';
import { inScenario, type Scenario, type StartedRun, until } from '../support/scenario';
import { answer, call, provider } from '../support/store-fixtures';
import { directory } from '../support/system';
import { temporal } from '../support/temporal-cli';

/*
 * Temporal takes the result of a step from anyone who can reach it. Each test completes a step of a run by hand, as
 * the run waits for it.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const toPayload = (value: unknown) => defaultPayloadConverter.toPayload(value);
const good = serving(...TEN);

const RESULTS = {
  authenticate: { token: 'forged', calls: [call({ endpoint: 'auth' })] },
  fetchProviders: {
    answer: answer([provider('forged', { givenName: 'Made', familyName: 'Up' })]),
    calls: [call({ endpoint: 'providers' })],
  },
  persistProviders: COUNTS,
};

/** The run waits for its first call to the endpoint, which never ends. */
async function waitingFor(endpoint: 'auth' | 'providers', scenario: Scenario): Promise<StartedRun> {
  await scenario.startWorkerHere({ NOTEWORTH_DEADLINE: '1m' });
  const run = await scenario.startRun();
  await until(() => scenario.calls(endpoint) === 1);
  return run;
}

/** The run failed by name in Temporal and in its row, stored nothing forged, and made at most three calls. */
async function expectRefused(scenario: Scenario, run: StartedRun): Promise<void> {
  const type = 'InvalidResult';
  await expect(run.result).rejects.toMatchObject({ cause: { type } });
  expect(await run.run()).toMatchObject({ status: 'failed', failure: { type } });
  const made = await directory(scenario.dataSource);
  expect(made.filter((line) => line.includes('Made'))).toEqual([]);
  expect(Math.max(scenario.calls('auth'), scenario.calls('providers'))).toBeLessThanOrEqual(3);
}

async function expectNothingStored({ dataSource }: Scenario): Promise<void> {
  expect(await directory(dataSource)).toEqual([]);
}

/** A run that hangs in its fetch, after a run that succeeded; with the encrypted result of the first run's fetch. */
async function secondRun(scenario: Scenario, workflowId?: string) {
  await scenario.startWorkerHere();
  const first = await scenario.startRun();
  await first.result;
  const replayed = await encryptedResult(scenario, first, 'fetchProviders');
  const run = await scenario.startRun(workflowId);
  await until(() => scenario.calls('providers') === 2);
  return { run, replayed, activity: await pendingActivity(run, 'fetchProviders') };
}

describe('a step that is completed by hand', () => {
  const HANGING = { authenticate: 'auth', fetchProviders: 'providers' } as const;

  for (const [step, endpoint] of Object.entries(HANGING) as [keyof typeof HANGING, 'auth' | 'providers'][]) {
    it.concurrent(
      `with a plain result (${step}) ends the run as InvalidResult and stores nothing`,
      inScenario({ [endpoint]: ['hangForever'] }, async (scenario) => {
        const run = await waitingFor(endpoint, scenario);
        const { workflowId, activityId } = await pendingActivity(run, step);
        const { id } = await run.run();
        const result = JSON.stringify({ runId: id, ...RESULTS[step] });
        await temporal(
          scenario,
          ...['activity', 'complete', '--workflow-id', workflowId, '--activity-id', activityId],
          ...['--result', result],
        );
        await expectRefused(scenario, run);
        await expectNothingStored(scenario);
      }),
      PATIENCE_MS,
    );

    it.concurrent(
      `with a result of another shape (${step}), encrypted with our key, ends the run as InvalidResult`,
      inScenario({ [endpoint]: ['hangForever'] }, async (scenario) => {
        const run = await waitingFor(endpoint, scenario);
        const { id } = await run.run();
        await scenario.client.activity.complete(await pendingActivity(run, step), {
          runId: id,
          token: 'abc',
        });
        await expectRefused(scenario, run);
        await expectNothingStored(scenario);
      }),
      PATIENCE_MS,
    );
  }

  it.concurrent(
    'with plain counts (persistProviders) ends the run as InvalidResult, in Temporal and in its row',
    inScenario({}, async (scenario) => {
      await scenario.startWorkerHere();
      const lock = await scenario.lock('providers');
      const run = await scenario.startRun();
      await until(() => scenario.isWaiting('identity_version'));
      const activity = await pendingActivity(run, 'persistProviders');
      await complete(scenario, activity, toPayload(RESULTS.persistProviders));
      await run.result.catch(() => undefined);
      await lock.release();
      await expectRefused(scenario, run);
      await expectNothingStored(scenario);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'with its own encrypted result, in which a byte was changed, ends the run as InvalidResult',
    inScenario({ providers: ['hangForever'] }, async (scenario) => {
      const run = await waitingFor('providers', scenario);
      const activity = await pendingActivity(run, 'fetchProviders');
      const codec = new EncryptionCodec(payloadKeysSchema.parse(scenario.env.PAYLOAD_KEYS));
      const { id } = await run.run();
      const place = { type: 'activity', namespace: 'default', isLocal: false, ...activity } as const;
      const [payload] = await codec.encode([toPayload({ runId: id, ...RESULTS.fetchProviders })], place);
      const data = Buffer.from(payload?.data ?? []);
      data[40] = (data[40] ?? 0) ^ 1;
      await complete(scenario, activity, { ...payload, data });
      await expectRefused(scenario, run);
      await expectNothingStored(scenario);
    }),
    PATIENCE_MS,
  );
});

describe('the encrypted result of an earlier run', () => {
  const hangingSecond = { providers: [good, 'hangForever'] } as const;

  it.concurrent(
    'is refused in a run of another workflow ID',
    inScenario(hangingSecond, async (scenario) => {
      const { run, replayed, activity } = await secondRun(scenario, randomUUID());
      await complete(scenario, activity, replayed);
      await expectRefused(scenario, run);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'is refused in a run of the same workflow ID',
    inScenario(hangingSecond, async (scenario) => {
      const { run, replayed, activity } = await secondRun(scenario);
      await complete(scenario, activity, replayed);
      await expectRefused(scenario, run);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'is refused if version 0.1.0 encrypted it without binding it to a place',
    inScenario({ providers: ['hangForever'], payloadKeys: PUBLISHED_KEYS }, async (scenario) => {
      const run = await waitingFor('providers', scenario);
      const recorded = readHistories().find(({ path }) => path === 'succeeded');
      const [, old] = activityResults(recorded?.history ?? {});
      await complete(scenario, await pendingActivity(run, 'fetchProviders'), old as Payload);
      await expectRefused(scenario, run);
      await expectNothingStored(scenario);
    }),
    PATIENCE_MS,
  );
});

describe('a step that is failed by hand', () => {
  for (const type of ['TokenRejected', 'RunReset', 'PartnerError']) {
    it.concurrent(
      `as ${type} ends the run as InvalidResult, without another call`,
      inScenario({ providers: Array.from({ length: 9 }, () => 'hangForever') }, async (scenario) => {
        const run = await waitingFor('providers', scenario);
        await fail(scenario, await pendingActivity(run, 'fetchProviders'), type);
        await expectRefused(scenario, run);
        expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
      }),
      PATIENCE_MS,
    );
  }

  it.concurrent(
    'with the report of a call that was never made ends the run as InvalidResult, without another call',
    inScenario({ providers: Array.from({ length: 9 }, () => 'hangForever') }, async (scenario) => {
      const run = await waitingFor('providers', scenario);
      const { id } = await run.run();
      const calls = [call({ endpoint: 'providers', outcome: 'TokenRejected' })];
      const details = toPayload({ runId: id, failure: 'TokenRejected', calls });
      await fail(scenario, await pendingActivity(run, 'fetchProviders'), 'TokenRejected', { details });
      await expectRefused(scenario, run);
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
    }),
    PATIENCE_MS,
  );
});

describe('a heartbeat that is reported by hand', () => {
  it.concurrent(
    'after its worker was killed ends the run as InvalidResult at the next attempt, without a call',
    inScenario({ providers: ['hangForever', good] }, async (scenario) => {
      const worker = await scenario.startWorker();
      const run = await scenario.startRun();
      await until(() => scenario.calls('providers') === 1);
      await worker.end('SIGKILL');
      await heartbeat(scenario, await pendingActivity(run, 'fetchProviders'), toPayload({ calls: [] }));
      await scenario.startWorkerHere();
      await expectRefused(scenario, run);
      expect(scenario.calls('providers')).toBe(1);
      await expectNothingStored(scenario);
    }),
    PATIENCE_MS,
  );
});
