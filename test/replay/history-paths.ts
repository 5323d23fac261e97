import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { ERASE_WORKFLOW_TYPE, PRUNE_WORKFLOW_TYPE, UNERASE_WORKFLOW_TYPE } from '../../src/contract/names';
import type { Scenario } from '../support/scenario';
import type { Path } from './path';

/** Starts another workflow than a sync, under the name of its path. */
const startOther = ({ client, taskQueue }: Scenario, type: string, workflowId: string, ...args: unknown[]) =>
  client.workflow.start(type, { taskQueue, workflowId, args });

/** Starts a worker, and a sync that fills the directory. */
async function fill(scenario: Scenario): Promise<void> {
  await scenario.startWorker();
  await (await scenario.startRun()).result;
}

/** Erases one person of the directory. */
async function erase(scenario: Scenario, workflowId: string): Promise<WorkflowHandle> {
  await fill(scenario);
  const [{ id: providerId }] = await scenario.dataSource.query('SELECT id FROM providers LIMIT 1');
  return startOther(scenario, ERASE_WORKFLOW_TYPE, workflowId, { providerId, by: 'zoe', reason: 'Ticket 7' });
}

/** The paths of the workflows that remove old history, erase people and let them come back. */
export const HISTORY_PATHS: { readonly [name: string]: Path } = {
  pruned: {
    async drive(scenario) {
      await fill(scenario);
      return startOther(scenario, PRUNE_WORKFLOW_TYPE, 'pruned');
    },
    ends: 'done',
    calls: [1, 1],
  },
  'prune-counted': {
    async drive(scenario) {
      await fill(scenario);
      return startOther(scenario, PRUNE_WORKFLOW_TYPE, 'prune-counted', { dryRun: true });
    },
    ends: 'done',
    calls: [1, 1],
  },
  'prune-invalid-input': {
    async drive(scenario) {
      await scenario.startWorker();
      return startOther(scenario, PRUNE_WORKFLOW_TYPE, 'prune-invalid-input', { everything: true });
    },
    ends: 'InvalidInput',
    calls: [0, 0],
  },
  erased: { drive: (scenario) => erase(scenario, 'erased'), ends: 'done', calls: [1, 1] },
  'erase-unknown': {
    async drive(scenario) {
      await scenario.startWorker();
      return startOther(scenario, ERASE_WORKFLOW_TYPE, 'erase-unknown', { providerId: randomUUID() });
    },
    ends: 'done',
    calls: [0, 0],
  },
  unerased: {
    async drive(scenario) {
      const receipt = await (await erase(scenario, 'before')).result();
      return startOther(scenario, UNERASE_WORKFLOW_TYPE, 'unerased', { erasureId: receipt.id, by: 'max' });
    },
    ends: 'done',
    calls: [1, 1],
  },
};
