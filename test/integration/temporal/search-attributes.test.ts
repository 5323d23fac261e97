import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createLogger } from '../../../src/process/logger';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { registerSearchAttributes } from '../../../src/temporal/search-attributes';
import { WORKFLOW_BUNDLE_PATH } from '../../../src/worker/workflow-bundle';
import { connectTestClient } from '../../support/connect-test-client';
import { FakeActivities } from '../../support/fake-run';
import { type KillableServer, startKillableServer } from '../../support/killable-server';
import { until } from '../../support/scenario';
import { type System, startSystem } from '../../support/system';
import { testTemporalConfig } from '../../support/temporal-config';

const TEXT = 1;
const KEYWORD = 2;
const log = createLogger('silent');

// A Temporal without our search attributes.
let temporal: KillableServer;

beforeAll(async () => {
  temporal = await startKillableServer('temporal');
});
afterAll(() => temporal.end());

describe('the search attributes of a run', () => {
  let system: System;

  beforeEach(async () => {
    system = await startSystem({}, temporal.address);
  });
  afterEach(() => system.stop());

  /** The runs of this test. Others have other keys, so that their memos cannot be read. */
  async function list(condition: string): Promise<string[]> {
    const found: string[] = [];
    const query = `TaskQueue = '${system.config.taskQueue}' AND ${condition}`;
    for await (const { workflowId } of system.client.workflow.list({ query })) found.push(workflowId);
    return found;
  }

  const start = () =>
    startSync(system.client, system.config.taskQueue, { partner: 'noteworth', trigger: 'api' });

  it('are accepted from the first run on, without a failed workflow task, and find runs by their outcome', async () => {
    const { run } = await system.sync();
    expect(run.status).toBe('succeeded');
    const { events } = await system.client.workflow.getHandle(run.workflowId).fetchHistory();
    expect((events ?? []).flatMap((event) => event.workflowTaskFailedEventAttributes ?? [])).toEqual([]);
    const query = `SyncPartner = 'noteworth' AND SyncOutcome = 'succeeded' AND SyncTrigger = 'cli'`;
    await until(async () => (await list(query)).includes(run.workflowId));

    const { run: failed } = await system.sync({ auth: ['unauthorized'] });
    await until(async () => (await list(`SyncOutcome = 'failed'`)).includes(failed.workflowId));

    system.simulator.reset();
    system.simulator.script('auth', ['hangForever']);
    const holder = await start();
    await until(async () => (await list(`SyncOutcome = 'running'`)).includes(holder.workflowId));
    const skipped = await start();
    await until(async () => (await list(`SyncOutcome = 'skipped'`)).includes(skipped.workflowId));
    await holder.cancel();
    await until(async () => (await list(`SyncOutcome = 'cancelled'`)).includes(holder.workflowId));
    expect(await list(`SyncTrigger = 'api'`)).toHaveLength(2);
  });

  it('are registered again by a running worker if Temporal has lost them, and the run continues', async () => {
    const { namespace } = system.config;
    const { operatorService } = system.client.connection;
    await operatorService.removeSearchAttributes({
      namespace,
      searchAttributes: ['SyncPartner', 'SyncOutcome', 'SyncTrigger'],
    });
    const isRefused = `SyncPartner = 'none'`;
    await until(() =>
      list(isRefused).then(
        () => false,
        () => true,
      ),
    );
    const { outcome, run } = await system.sync();
    expect(outcome.status).toBe('succeeded');
    await until(async () => (await list(`SyncOutcome = 'succeeded'`)).includes(run.workflowId));
    expect(system.calls('providers')).toBe(1);
    // The answer to the worker may be lost on a busy machine.
    expect(system.log()).toMatch(/registered them again|tries again/);
  });
});

describe('registering the search attributes', () => {
  /** Each test has its own namespace, to which the attributes belong. */
  let namespace: string;
  let clients: Client[];

  beforeEach(async () => {
    namespace = randomUUID();
    const { address } = temporal;
    const config = testTemporalConfig({ connection: { address }, namespace });
    clients = await Promise.all([1, 2, 3].map(() => connectTestClient(config)));
    const workflowExecutionRetentionPeriod = msToTs('1d');
    await clients[0]?.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    await until(() =>
      registered().then(
        () => true,
        () => false,
      ),
    );
  });
  afterEach(() => Promise.all(clients.map(({ connection }) => connection.close())));

  const registered = async () => {
    const answer = await clients[0]?.connection.operatorService.listSearchAttributes({ namespace });
    return answer?.customAttributes;
  };

  it('works for several workers at the same time, and again', async () => {
    const atOnce = clients.map((client) => registerSearchAttributes(client, log));
    expect(await Promise.all(atOnce)).toEqual([true, true, true]);
    const again = clients.map((client) => registerSearchAttributes(client, log));
    expect(await Promise.all(again)).toEqual([true, true, true]);
    expect(await registered()).toEqual({ SyncPartner: KEYWORD, SyncOutcome: KEYWORD, SyncTrigger: KEYWORD });
  });

  it('fails if a name has another type', async () => {
    const searchAttributes = { SyncOutcome: TEXT };
    await clients[0]?.connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    await until(async () => (await registered())?.SyncOutcome === TEXT);
    const registering = Promise.all(clients.map((client) => registerSearchAttributes(client, log)));
    await expect(registering).rejects.toThrow(
      /SyncOutcome as text, not as keyword.*search-attribute remove --namespace \S+ --name SyncOutcome$/,
    );
  });

  describe('in a namespace that a worker may not change, as in Temporal Cloud', () => {
    const refuse = async () => {
      const refused = { code: 7, details: 'Request unauthorized.', metadata: {} };
      throw Object.assign(new Error('7 PERMISSION_DENIED'), refused);
    };

    /** The same Temporal without the operator service. */
    function unprivileged(): Client {
      const [client] = clients;
      if (!client) throw new Error('there is no client');
      const operatorService = { value: { listSearchAttributes: refuse, addSearchAttributes: refuse } };
      return new Client({ namespace, connection: Object.create(client.connection, { operatorService }) });
    }

    it('uses those that an operator has registered', async () => {
      await Promise.all(clients.map((client) => registerSearchAttributes(client, log)));
      expect(await registerSearchAttributes(unprivileged(), log)).toBe(true);
    });

    it('works without them, and logs how to register them', async () => {
      const lines: string[] = [];
      const logged = createLogger('warn', { write: (line) => lines.push(line) });
      expect(await registerSearchAttributes(unprivileged(), logged)).toBe(false);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(
        `temporal operator search-attribute create --namespace ${namespace} --name SyncPartner --type Keyword --name SyncOutcome`,
      );
    });

    it('lets runs succeed without them', async () => {
      const taskQueue = namespace;
      const connection = await NativeConnection.connect({ address: temporal.address });
      const worker = await Worker.create({
        connection,
        namespace,
        taskQueue,
        workflowBundle: { codePath: WORKFLOW_BUNDLE_PATH },
        activities: new FakeActivities({ auth: [], providers: [] }).activities,
      });
      const run = () =>
        unprivileged().workflow.execute('syncProviders', {
          taskQueue,
          workflowId: 'without',
          workflowExecutionTimeout: '2m',
        });
      expect(await worker.runUntil(run)).toMatchObject({ status: 'succeeded' });
      await connection.close();
    });
  });
});
