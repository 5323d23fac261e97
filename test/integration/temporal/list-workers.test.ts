import { randomBytes, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import type { Client, WorkflowService } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { checkWorkers } from '../../../src/operations/health/check-workers';
import { version } from '../../../src/process/package-root';
import { payloadKeysSchema } from '../../../src/process/payload-keys';
import { listWorkers } from '../../../src/temporal/workers/list-workers';
import { killCommands } from '../../support/command';
import { connectTestClient } from '../../support/connect-test-client';
import { type OwnTemporal, startOwnTemporal } from '../../support/own-temporal';
import { inScenario, type Scenario, until } from '../../support/scenario';
import { testTemporalConfig } from '../../support/temporal-config';

afterAll(killCommands);

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = temporal.api.enums.v1.TaskQueueType;

/** The time of the last request for work, in milliseconds since 1970. */
async function lastPoll({ client, taskQueue }: Scenario): Promise<number> {
  const { namespace } = client.options;
  const described = await Promise.all(
    [TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY].map((taskQueueType) =>
      client.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueue }, taskQueueType }),
    ),
  );
  const pollers = described.flatMap(({ pollers }) => pollers ?? []);
  return Math.max(...pollers.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds) * 1000));
}

describe('the workers that Temporal has seen', () => {
  it(
    'were last seen at their last heartbeat, although they ask for work only once a minute',
    inScenario({}, async (scenario) => {
      await scenario.startWorker();
      const SECOND_MS = 1_000;
      await until(async () => {
        const [worker] = await listWorkers(scenario.client, scenario.taskQueue);
        return worker !== undefined && worker.lastSeenAt > (await lastPoll(scenario)) + 2 * SECOND_MS;
      });
    }),
  );

  it(
    'leave out a worker that was stopped',
    inScenario({}, async (scenario) => {
      const worker = await scenario.startWorker();
      const workers = () => listWorkers(scenario.client, scenario.taskQueue);
      await until(async () => (await workers()).length === 1);
      await worker.end('SIGTERM');
      expect(await workers()).toEqual([]);
    }),
  );

  it(
    'report their version, their start and their slots',
    inScenario({}, async (scenario) => {
      const worker = await scenario.startWorker();
      const report = async () => (await listWorkers(scenario.client, scenario.taskQueue))[0]?.report;
      await until(async () => (await report()) !== undefined && (await report()) !== null);
      expect(await report()).toMatchObject({
        version,
        host: hostname(),
        deploymentName: null,
        slots: { activities: { used: 0, total: expect.any(Number) } },
      });
      expect((await listWorkers(scenario.client, scenario.taskQueue))[0]?.identity).toBe(
        `${worker.pid}@${hostname()}`,
      );
    }),
  );

  describe('with the same identity', () => {
    const SECOND_MS = 1_000;
    const identity = '1@worker';
    const ago = (seconds: number) => msToTs(Date.now() - seconds * SECOND_MS);

    /** Reports a worker as its SDK does, with times in seconds before now. */
    const beat = ({ client, taskQueue }: Scenario, key: string, startedAgo: number, seenAgo: number) =>
      client.workflowService.recordWorkerHeartbeat({
        namespace: client.options.namespace,
        identity,
        workerHeartbeat: [
          {
            workerInstanceKey: key,
            workerIdentity: identity,
            taskQueue,
            status: temporal.api.enums.v1.WorkerStatus.WORKER_STATUS_RUNNING,
            startTime: ago(startedAgo),
            heartbeatTime: ago(seenAgo),
          },
        ],
      });
    const starts = async ({ client, taskQueue }: Scenario) =>
      (await listWorkers(client, taskQueue)).map(({ report }) =>
        Math.round((Date.now() - Date.parse(report?.startedAt ?? '')) / SECOND_MS / 10),
      );

    it.each([
      [3600, -3600, /^The clock of the worker 1@worker is \d+ \w+ ahead of Temporal's\.$/],
      [30, -30, null],
      [-30, 30, null],
      [-3600, 3600, null],
    ])('have a clock that is %i s ahead', (_ahead, seenAgo, what) =>
      inScenario({}, async (scenario) => {
        const { client, taskQueue } = scenario;
        const giveUp = new AbortController();
        const polling = client.withAbortSignal(giveUp.signal, () =>
          client.workflowService.pollWorkflowTaskQueue({
            namespace: client.options.namespace,
            taskQueue: { name: taskQueue },
            identity,
          }),
        );
        const ended = Promise.allSettled([polling]);
        await beat(scenario, 'one', 7200, seenAgo);
        const temporal = testTemporalConfig({ taskQueue });
        const findings = async () => (await checkWorkers({ client, temporal })).outcome.findings;
        await until(async () => (await starts(scenario)).length === 1 && (await lastPoll(scenario)) > 0);
        const [found] = await findings();
        if (what === null) expect(found).toBeUndefined();
        else expect(found).toMatchObject({ code: 'worker-clock-wrong', what: expect.stringMatching(what) });
        giveUp.abort();
        await ended;
      })(),
    );

    it(
      'are two workers if both send heartbeats',
      inScenario({}, async (scenario) => {
        await beat(scenario, 'one', 300, 5);
        await beat(scenario, 'two', 200, 1);
        await until(async () => (await starts(scenario)).length === 2);
        expect(await starts(scenario)).toEqual([20, 30]);
      }),
    );

    it(
      'are one worker if the earlier one was gone before the later one began',
      inScenario({}, async (scenario) => {
        await beat(scenario, 'one', 300, 210);
        await beat(scenario, 'two', 200, 1);
        await until(async () => (await starts(scenario)).includes(20));
        expect(await starts(scenario)).toEqual([20]);
      }),
    );
  });

  describe('on a server that keeps no list of workers', () => {
    const PARTITIONS = 4;
    const POLLS = 5 * PARTITIONS;
    const taskQueue = randomUUID();
    let server: OwnTemporal;
    let client: Client;

    beforeAll(async () => {
      server = await startOwnTemporal(
        'frontend.ListWorkersEnabled=false',
        'frontend.WorkerHeartbeatsEnabled=false',
        `matching.numTaskqueueReadPartitions=${PARTITIONS}`,
        `matching.numTaskqueueWritePartitions=${PARTITIONS}`,
      );
      client = await connectTestClient({
        connection: { address: server.address },
        namespace: 'default',
        taskQueue,
        payloadKeys: payloadKeysSchema.parse(`test:${randomBytes(32).toString('base64')}`),
      });
    });
    afterAll(async () => {
      await client?.connection.close();
      await server?.end();
    });

    type Poll = (service: WorkflowService, identity: string) => Promise<unknown>;
    const namespace = 'default';
    it.each<[string, Poll]>([
      [
        'workflow tasks',
        (service, identity) =>
          service.pollWorkflowTaskQueue({ namespace, taskQueue: { name: taskQueue }, identity }),
      ],
      [
        'activities',
        (service, identity) =>
          service.pollActivityTaskQueue({ namespace, taskQueue: { name: taskQueue }, identity }),
      ],
    ])('are found on every partition of the task queue: those that poll for %s', async (kind, poll) => {
      const giveUp = new AbortController();
      setMaxListeners(0, giveUp.signal);
      const identities = Array.from({ length: POLLS }, (_, number) => `${number}@${kind}`);
      const polls = identities.map((identity) =>
        client.withAbortSignal(giveUp.signal, () => poll(client.workflowService, identity)),
      );
      const ended = Promise.allSettled(polls);
      await until(async () => {
        const seen = (await listWorkers(client, taskQueue)).map(({ identity }) => identity);
        return identities.every((identity) => seen.includes(identity));
      });
      giveUp.abort();
      await ended;
    });
  });
});
