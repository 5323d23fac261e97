import { temporal as protos } from '@temporalio/proto';
import { killCommands, runCommand } from '../support/command';
import { answerWorkflowTask } from '../support/forge';
import { inScenario } from '../support/scenario';

afterAll(killCommands);

const { COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION } = protos.api.enums.v1.CommandType;

describe('a workflow that another program completes', () => {
  it(
    'without a valid result fails for its callers, and stores nothing',
    inScenario({}, async (scenario) => {
      const { env, dataSource } = scenario;
      const sync = runCommand(['sync', '--json'], env);
      const made = {
        metadata: { encoding: Buffer.from('json/plain') },
        data: Buffer.from('{"status":"fine"}'),
      };
      await answerWorkflowTask(scenario, [
        {
          commandType: COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
          completeWorkflowExecutionCommandAttributes: { result: { payloads: [made] } },
        },
      ]);
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
