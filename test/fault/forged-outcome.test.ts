import { randomUUID } from 'node:crypto';
import { temporal as protos } from '@temporalio/proto';
import { killCommands, runCommand } from '../support/command';
import { inScenario, until } from '../support/scenario';

afterAll(killCommands);

const { COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION } = protos.api.enums.v1.CommandType;

describe('a workflow that another program completes', () => {
  it(
    'with something that is no result fails for those who wait for it, and stores nothing',
    inScenario({}, async ({ client, taskQueue, env, dataSource }) => {
      const sync = runCommand(['sync', '--json'], env);
      let taskToken: Uint8Array = new Uint8Array();
      await until(async () => {
        const task = await client.workflowService.pollWorkflowTaskQueue({
          namespace: 'default',
          taskQueue: { name: taskQueue },
          identity: randomUUID(),
        });
        taskToken = task.taskToken ?? taskToken;
        return taskToken.length > 0;
      });
      const made = {
        metadata: { encoding: Buffer.from('json/plain') },
        data: Buffer.from('{"status":"fine"}'),
      };
      await client.workflowService.respondWorkflowTaskCompleted({
        namespace: 'default',
        taskToken,
        commands: [
          {
            commandType: COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
            completeWorkflowExecutionCommandAttributes: { result: { payloads: [made] } },
          },
        ],
      });
      const { code, stdout } = await sync;
      expect({ code, ...JSON.parse(stdout) }).toMatchObject({
        code: 1,
        status: 'failed',
        failure: { type: 'InvalidResult' },
      });
      expect(await dataSource.query('SELECT 1 FROM providers')).toEqual([]);
    }),
  );
});
