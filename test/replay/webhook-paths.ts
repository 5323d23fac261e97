import type { WorkflowHandle } from '@temporalio/client';
import { REQUEST_WEBHOOKS_WORKFLOW_TYPE, WEBHOOK_WORKFLOW_TYPE } from '../../src/contract/names';
import { writeTest } from '../../src/store/webhooks/request-messages';
import { partnersFile } from '../support/partners';
import { type ReceiverAnswer, startReceiver } from '../support/receiver';
import type { Scenario } from '../support/scenario';
import { startWorkerWithPartners } from '../support/worker-with-partners';
import type { Path } from './path';

const RECEIVER = 'pager';

/** Starts a workflow about webhooks, and leads it to its end with a worker and a receiver that answers like this. */
async function withReceiver(
  scenario: Scenario,
  [type, workflowId, input]: readonly [type: string, workflowId: string, input: object],
  answer: ReceiverAnswer = 204,
): Promise<WorkflowHandle> {
  const receiver = await startReceiver();
  receiver.answer = () => answer;
  const { url, secret } = receiver;
  const webhooks = { [RECEIVER]: { url, secret } };
  try {
    const { client, taskQueue } = scenario;
    const run = await client.workflow.start(type, { taskQueue, workflowId, args: [input] });
    const partners = partnersFile([['noteworth', {}]]);
    await startWorkerWithPartners(scenario, `${partners}\nwebhooks: ${JSON.stringify(webhooks)}\n`);
    await run.result().catch(() => undefined);
    return run;
  } finally {
    await receiver.close();
  }
}

/** The paths of the workflows that deliver messages to receivers of webhooks, and send them again. */
export const WEBHOOK_PATHS: { readonly [name: string]: Path } = {
  'webhooks-delivered': {
    async drive(scenario) {
      await writeTest(scenario.dataSource, RECEIVER);
      return withReceiver(scenario, [WEBHOOK_WORKFLOW_TYPE, 'webhooks-delivered', { receiver: RECEIVER }]);
    },
    ends: 'done',
    calls: [0, 0],
  },
  // The receiver is silent for a whole turn.
  'webhooks-delivered-in-turns': {
    async drive(scenario) {
      await writeTest(scenario.dataSource, RECEIVER);
      const start = [WEBHOOK_WORKFLOW_TYPE, 'webhooks-delivered-in-turns', { receiver: RECEIVER }] as const;
      return withReceiver(scenario, start, 'hang');
    },
    ends: 'done',
    calls: [0, 0],
  },
  'webhooks-requested': {
    drive: (scenario) =>
      withReceiver(scenario, [
        REQUEST_WEBHOOKS_WORKFLOW_TYPE,
        'webhooks-requested',
        { receiver: RECEIVER, kind: 'replay' },
      ]),
    ends: 'done',
    calls: [0, 0],
  },
  'webhooks-request-invalid': {
    drive: (scenario) =>
      withReceiver(scenario, [
        REQUEST_WEBHOOKS_WORKFLOW_TYPE,
        'webhooks-request-invalid',
        { receiver: RECEIVER },
      ]),
    ends: 'InvalidInput',
    calls: [0, 0],
  },
};
