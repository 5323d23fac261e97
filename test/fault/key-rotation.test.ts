import { randomBytes } from 'node:crypto';
import type { SyncResult } from '../../src/contract/run';
import { payloadKeysSchema } from '../../src/process/payload-keys';
import { listRuns } from '../../src/store/runs/read-runs';
import { killCommands, runCommand, startCommand } from '../support/command';
import { connectTestClient } from '../support/connect-test-client';
import { serving, TEN } from '../support/people';
import { type Scenario, type ScenarioOptions, startScenario, until } from '../support/scenario';
import { removeSchedules } from '../support/schedules';
import { directory } from '../support/system';
import { testTemporalConfig } from '../support/temporal-config';
import type { WorkerHere } from '../support/worker-here';

/*
 * Payload keys that change while runs are in progress. The clients of a scenario have its first key, which is the old
 * key here.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const NEW = `new:${randomBytes(32).toString('base64')}`;
/** A worker that stops while its save waits for a lock waits for as long as a call may take. */
const SHORT_GRACE = { NOTEWORTH_DEADLINE: '10s' };
/** Each worker makes one call, and leaves the next one to the worker after it. */
const BUSY = { fault: 'status', status: 503, retryAfter: '15' } as const;
const MISSING = 'A payload was encrypted with the key "new", which PAYLOAD_KEYS does not have; add it again.';

interface Rotation {
  readonly scenario: Scenario;
  readonly old: string;
  /** Stops the running worker, and starts one with these keys. */
  readonly restartWith: (...keys: string[]) => Promise<WorkerHere>;
}

function rotating(
  options: ScenarioOptions,
  test: (rotation: Rotation) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const scenario = await startScenario({ ...options, workerEnv: SHORT_GRACE });
    let worker: WorkerHere | undefined;
    const restartWith = async (...keys: string[]) => {
      await worker?.stop();
      worker = await scenario.startWorkerHere({ PAYLOAD_KEYS: keys.join() });
      return worker;
    };
    try {
      await test({ scenario, old: scenario.env.PAYLOAD_KEYS ?? '', restartWith });
    } finally {
      await scenario.end();
    }
  };
}

/** The result of a run, read with these keys. */
async function resultOf({ env }: Scenario, workflowId: string, ...keys: string[]): Promise<SyncResult> {
  const address = env.TEMPORAL_ADDRESS ?? '';
  const payloadKeys = payloadKeysSchema.parse(keys.join());
  const client = await connectTestClient(testTemporalConfig({ connection: { address }, payloadKeys }));
  try {
    return await client.workflow.getHandle(workflowId).result();
  } finally {
    await client.connection.close();
  }
}

/** The ids of the keys that a run's history is encrypted with. */
async function keysIn({ client }: Scenario, workflowId: string): Promise<string[]> {
  const history = JSON.stringify(await client.workflow.getHandle(workflowId).fetchHistory());
  const ids = [...history.matchAll(/"encryption-key-id":"([^"]+)"/g)].map(([, id = '']) => id);
  return [...new Set(ids.map((id) => Buffer.from(id, 'base64').toString()))].sort();
}

describe('payload keys that are rotated: appended everywhere, then moved to the front, then the old one dropped', () => {
  it.concurrent(
    'lose nothing of a run that waits between two calls',
    rotating({ providers: [BUSY, BUSY, serving(...TEN)] }, async ({ scenario, old, restartWith }) => {
      await restartWith(old);
      const workflowId = `rotated-${scenario.env.TASK_QUEUE}`;
      await scenario.startRun(workflowId);
      await until(() => scenario.calls('providers') === 1);
      await restartWith(old, NEW);
      await until(() => scenario.calls('providers') === 2);
      await restartWith(NEW, old);
      expect(await resultOf(scenario, workflowId, NEW, old)).toMatchObject({
        status: 'succeeded',
        inserted: 10,
      });
      expect(await keysIn(scenario, workflowId)).toEqual(['fault', 'new']);
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 3]);

      await restartWith(NEW);
      const after = `dropped-${scenario.env.TASK_QUEUE}`;
      await scenario.startRun(after);
      expect(await resultOf(scenario, after, NEW)).toMatchObject({ status: 'succeeded' });
      expect(await keysIn(scenario, after)).toEqual(['new']);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'lose nothing of a run that waits to be stored',
    rotating({}, async ({ scenario, old, restartWith }) => {
      await restartWith(old);
      const lock = await scenario.lock('providers');
      const workflowId = `rotated-${scenario.env.TASK_QUEUE}`;
      await scenario.startRun(workflowId);
      await until(() => scenario.isWaiting('identity_version'));
      await restartWith(old, NEW);
      await restartWith(NEW, old);
      await lock.release();
      expect(await resultOf(scenario, workflowId, NEW, old)).toMatchObject({
        status: 'succeeded',
        inserted: 10,
      });
      expect(await directory(scenario.dataSource)).toHaveLength(10);
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
    }),
    PATIENCE_MS,
  );
});

describe('a schedule whose payload keys are rotated', () => {
  const schedules = ({ env }: Scenario, verb: string, ...keys: string[]) =>
    runCommand(['schedules', ...verb.split(' ')], { ...env, PAYLOAD_KEYS: keys.join() });
  const succeeded = async ({ dataSource }: Scenario) =>
    (await listRuns(dataSource, { status: 'succeeded', trigger: 'schedule', limit: 10 })).items.length;

  it.concurrent(
    'starts runs that succeed after the old key was dropped, also if an earlier version encrypted it',
    rotating({}, async ({ scenario, old, restartWith }) => {
      try {
        await restartWith(old);
        await schedules(scenario, 'apply', old);
        await restartWith(old, NEW);
        await restartWith(NEW, old);
        await restartWith(NEW);
        expect((await schedules(scenario, 'trigger noteworth', NEW)).code).toBe(0);
        await until(async () => (await succeeded(scenario)) === 1);

        // As version 0.1.0 wrote it.
        await scenario.client.schedule
          .getHandle(`${scenario.taskQueue}.noteworth`)
          .update((found) => ({ ...found, action: { ...found.action, args: [{ partner: 'noteworth' }] } }));
        const { code, stdout } = await schedules(scenario, 'apply', NEW);
        expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^noteworth +updated/m) });
        expect((await schedules(scenario, 'trigger noteworth', NEW)).code).toBe(0);
        await until(async () => (await succeeded(scenario)) === 2);
      } finally {
        await removeSchedules(scenario.client, scenario.taskQueue);
      }
    }),
    PATIENCE_MS,
  );
});

describe('a payload key that is missing', () => {
  it.concurrent(
    'at a worker is named in its log and to clients that watch the run, which continues once the key is back',
    rotating({}, async ({ scenario, old, restartWith }) => {
      // What the SDK logs is in the log of a process.
      const lacking = await scenario.startWorker(undefined, { PAYLOAD_KEYS: old });
      const sync = startCommand(['sync'], { ...scenario.env, PAYLOAD_KEYS: [NEW, old].join() });
      await sync.says(new RegExp(`the worker cannot continue and tries again: ${MISSING}`));
      await lacking.says(new RegExp(MISSING.replaceAll('"', '\\\\"')));
      expect((await lacking.end('SIGTERM')).code).toBe(0);
      await restartWith(old, NEW);
      expect(await sync.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('10 new') });
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'at a worker that stores an answer is named too; nothing is fetched again',
    rotating({}, async ({ scenario, old, restartWith }) => {
      await restartWith(NEW, old);
      const lock = await scenario.lock('providers');
      const sync = startCommand(['sync'], { ...scenario.env, PAYLOAD_KEYS: [NEW, old].join() });
      await until(() => scenario.isWaiting('identity_version'));
      await restartWith(old);
      await lock.release();
      const named = await sync.says(/persistProviders: attempt \d+, after PayloadKeyMissing \((.*)\)/);
      expect(named[1]).toContain(MISSING);
      await restartWith(old, NEW);
      expect(await sync.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('10 new') });
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'at a client that waits for the result is named, with advice',
    rotating({}, async ({ scenario, old, restartWith }) => {
      await restartWith(NEW, old);
      const { code, stderr } = await startCommand(['sync'], scenario.env).ended;
      expect(code).toBe(2);
      expect(stderr).toContain(`provider-sync: ${MISSING}`);
    }),
    PATIENCE_MS,
  );
});
