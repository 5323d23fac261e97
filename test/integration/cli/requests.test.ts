import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { Client } from '@temporalio/client';
import { runHere } from '../../support/command-here';
import { connectTestClient } from '../../support/connect-test-client';
import { until } from '../../support/scenario';
import { testTemporalConfig } from '../../support/temporal-config';
import { startTemporalGateway } from '../../support/temporal-gateway';

let client: Client;
beforeAll(async () => {
  client = await connectTestClient(testTemporalConfig());
});
afterAll(() => client.connection.close());

/** Where a command finds Temporal. No worker polls its task queue. */
const environment = (address = process.env.TEST_TEMPORAL_ADDRESS) => ({
  DATA_DIR: tmpdir(),
  TEMPORAL_ADDRESS: address,
  TASK_QUEUE: randomUUID(),
  PAYLOAD_KEYS: `a:${Buffer.alloc(32).toString('base64')}`,
});

/** Terminates the only workflow of a task queue, as soon as Temporal lists it. */
async function terminateOn(taskQueue: string): Promise<void> {
  const query = `TaskQueue = '${taskQueue}'`;
  await until(async () => (await client.workflow.count(query)).count > 0);
  for await (const { workflowId } of client.workflow.list({ query })) {
    await client.workflow.getHandle(workflowId).terminate('By the test');
  }
}

const ERASE = ['providers', 'erase', randomUUID(), '--reason', 'Ticket 7', '--yes'];

describe('a command that loses Temporal after its request', () => {
  it.each([
    [['prune'], /The removal was started and may still be running: prune-\S+ in Temporal\.$/],
    [
      ['prune', '--dry-run'],
      /The count was started and may still be running: prune-dry-run-\S+ in Temporal\.$/,
    ],
    [ERASE, /The request was made, and a worker does it\. See: npx provider-sync providers erasures$/],
    [
      ['providers', 'unerase', randomUUID()],
      /The request was made, and a worker does it\. See: npx provider-sync providers erasures$/,
    ],
    [
      ['webhooks', 'test', 'desk'],
      /The request was made, and a worker does it\. See: npx provider-sync webhooks show desk$/,
    ],
  ])('says that the request was made: %j', async (words, end) => {
    const gateway = await startTemporalGateway({ to: process.env.TEST_TEMPORAL_ADDRESS ?? '' });
    gateway.refuseCalls('GetWorkflowExecutionHistory', 'UNAUTHENTICATED');
    const env = environment(gateway.address);
    const { code, stdout, stderr } = await runHere(words, env);
    gateway.close();
    const last = stderr.trimEnd().split('\n').at(-1);
    expect(last).toMatch(/did not answer as expected \(Refused by the gateway of the test\)/);
    expect(last).toMatch(end);
    expect([code, stdout]).toEqual([2, '']);
    await terminateOn(env.TASK_QUEUE);
  });
});

describe('a command whose request is terminated in Temporal', () => {
  it.each([[['prune']], [ERASE], [['webhooks', 'test', 'desk']]])('says what to do: %j', async (words) => {
    const env = environment();
    const [{ code, stdout, stderr }] = await Promise.all([runHere(words, env), terminateOn(env.TASK_QUEUE)]);
    expect(stderr).toMatch(
      /provider-sync: The request ended without a result: Abandoned\. .* It may have been done in part\. Repeat it\.\n$/,
    );
    expect([code, stdout]).toEqual([1, '']);
  });
});
