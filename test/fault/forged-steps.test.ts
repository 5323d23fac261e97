import { defaultPayloadConverter } from '@temporalio/common';
import { temporal as protos } from '@temporalio/proto';
import { killCommands } from '../support/command';
import { answerWorkflowTask } from '../support/forge';
import { readRawHistory } from '../support/raw-history';
import { inScenario, type Scenario, until } from '../support/scenario';
import { answer, openedRun, provider } from '../support/store-fixtures';
import { directory } from '../support/system';

afterAll(killCommands);

const { COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK } = protos.api.enums.v1.CommandType;

/** Schedules steps that have a plain input. */
function scheduleSteps(scenario: Scenario, inputs: { readonly [step: string]: object }): Promise<void> {
  return answerWorkflowTask(
    scenario,
    Object.entries(inputs).map(([name, input]) => ({
      commandType: COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
      scheduleActivityTaskCommandAttributes: {
        activityId: name,
        activityType: { name },
        taskQueue: { name: scenario.taskQueue },
        input: { payloads: [defaultPayloadConverter.toPayload(input)] },
        startToCloseTimeout: { seconds: 60 as never },
        heartbeatTimeout: { seconds: 60 as never },
        retryPolicy: { maximumAttempts: 1 },
      },
    })),
  );
}

describe('steps that another program schedules in place of the workflow', () => {
  it(
    'are refused for their plain input: they call no partner, and change nothing',
    inScenario({}, async (scenario) => {
      const { dataSource } = scenario;
      const { handle } = await scenario.startRun();
      const { runId: temporalRunId } = await handle.describe();
      const ids = { workflowId: handle.workflowId, runId: temporalRunId };
      const runId = await openedRun(dataSource, ids);
      const [before] = await dataSource.query('SELECT * FROM sync_runs');
      const context = { runId, temporalRunId, partner: 'noteworth', callsBefore: 0 };
      const people = Array.from({ length: 10 }, (_, number) => provider(`made up ${number}`));
      await scheduleSteps(scenario, {
        openRun: { ...ids, partner: 'westside', trigger: 'cli' },
        authenticate: context,
        fetchProviders: { ...context, token: 'made up' },
        persistProviders: { runId, partner: 'noteworth', answer: answer(people), calls: [], approval: null },
        closeRun: {
          runId,
          partner: 'noteworth',
          status: 'cancelled',
          calls: [],
          failure: null,
          decision: null,
        },
      });
      await scenario.startWorkerHere();
      const refused: unknown[] = [];
      await until(async () => {
        const { events } = await readRawHistory(scenario.client, handle);
        const ended = (events ?? []).flatMap(
          ({ activityTaskFailedEventAttributes, activityTaskCompletedEventAttributes }) =>
            activityTaskFailedEventAttributes ?? activityTaskCompletedEventAttributes ?? [],
        );
        const types = ended.map((end) =>
          'failure' in end ? end.failure?.applicationFailureInfo?.type : 'completed',
        );
        refused.splice(0, refused.length, ...types);
        return refused.length === 5;
      });
      expect(refused).toEqual(Array.from({ length: 5 }, () => 'InvalidResult'));
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([0, 0]);
      expect(await directory(dataSource)).toEqual([]);
      expect(await dataSource.query('SELECT * FROM sync_runs')).toEqual([before]);
    }),
    300_000,
  );
});
