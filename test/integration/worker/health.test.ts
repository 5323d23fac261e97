import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { Connection } from '@temporalio/client';
import { killCommands, type RunningCommand, runCommand, startCommand } from '../../support/command';
import { type OwnTemporal, startOwnTemporal } from '../../support/own-temporal';
import { until } from '../../support/scenario';
import { createDatabaseToMigrate, type TestDatabase } from '../../support/test-database';

/** The duration of a poll, instead of a minute, so that an idle worker polls often. */
const LONG_POLL = 'matching.longPollExpirationInterval="2s"';
/** Seconds, longer than several polls. */
const WITHIN = '10';

let env: NodeJS.ProcessEnv;
let database: TestDatabase;
let temporal: OwnTemporal;
let worker: RunningCommand;

const health = () => runCommand(['doctor', '--worker', WITHIN], env);
const isHealthy = async () => (await health()).code === 0;

beforeAll(async () => {
  temporal = await startOwnTemporal(LONG_POLL);
  database = await createDatabaseToMigrate();
  env = {
    DATA_DIR: tmpdir(),
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TASK_QUEUE: 'health',
    PAYLOAD_KEYS: `test:${randomBytes(32).toString('base64')}`,
  };
  worker = startCommand(['worker'], env);
  await worker.says(/Worker ready/);
});

afterAll(async () => {
  await worker?.end('SIGKILL');
  await temporal?.end();
  killCommands();
  await database?.drop();
});

describe('doctor --worker', () => {
  it('succeeds for an idle worker', async () => {
    await until(isHealthy);
    expect(await health()).toMatchObject({ code: 0, stdout: expect.stringMatching(/polled \d+ s ago/) });
  });

  it('fails only while the worker does not poll', async () => {
    process.kill(worker.pid, 'SIGSTOP');
    await until(async () => !(await isHealthy()));
    expect(await health()).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^provider-sync: no worker of \S+ has polled the task queue health for 10 s; .*\n$/,
      ),
    });
    process.kill(worker.pid, 'SIGCONT');
    await until(isHealthy);
  });

  it('ignores workers of other hosts', async () => {
    const connection = await Connection.connect({ address: env.TEMPORAL_ADDRESS ?? '' });
    const taskQueue = { name: 'elsewhere' };
    const { workflowService } = connection;
    const poll = connection.withDeadline(Date.now() + 30_000, () =>
      workflowService.pollWorkflowTaskQueue({ namespace: 'default', taskQueue, identity: '1@elsewhere' }),
    );
    await until(async () => {
      const { pollers } = await workflowService.describeTaskQueue({ namespace: 'default', taskQueue });
      return pollers?.[0]?.identity === '1@elsewhere';
    });
    expect(await runCommand(['doctor', '--worker'], { ...env, TASK_QUEUE: 'elsewhere' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no worker of '),
    });
    await poll;
    await connection.close();
  });

  it('reports in one line that Temporal is unavailable', async () => {
    const { code, stderr } = await runCommand(['doctor', '--worker'], {
      ...env,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/^provider-sync: Temporal at 127\.0\.0\.1:1 cannot be reached .*\n$/);
  });
});
