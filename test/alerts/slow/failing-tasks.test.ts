import { generateKeySync, randomUUID } from 'node:crypto';
import { defaultPayloadConverter, type SerializationContext } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { WORKFLOW_TYPE } from '../../../src/contract/names';
import { EncryptionCodec } from '../../../src/temporal/payloads/payload-codec';
import { killCommands } from '../../support/command';
import { answerWorkflowTask } from '../../support/forge';
import { sumOf } from '../../support/read-metrics';
import { until } from '../../support/scenario';
import { useOpened } from '../../support/use-opened';
import { expectAlerts, shows } from '../breakage';
import { startMonitored } from '../monitored';
import { scrape } from '../scrape';

const { COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK, COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION } =
  temporal.api.enums.v1.CommandType;

/*
 * The alerts on thousands of tasks that fail. The worker lacks the payload key of what it is to do.
 */

const stage = useOpened(startMonitored, (monitored) => monitored.end());
afterAll(killCommands);

/** More than ten a second in five minutes, and one before them. */
const FAILURES = 3_100;
/** Temporal limits the open steps and children of a run to 2000. */
const MOST_OPEN = 1_600;

const WORKFLOW_FAILURES = [
  'temporal_workflow_task_execution_failed_total',
  { failure_reason: 'WorkflowError' },
] as const;
const ACTIVITY_FAILURES = ['temporal_activity_execution_failed_total', {}] as const;

type Command = temporal.api.command.v1.ICommand;

/** A task that a workflow gives to the worker. */
type Task = (giver: string) => Promise<Command>;

/** An input that is encrypted with a key that the worker lacks. */
async function unreadable(context: SerializationContext) {
  const secret = generateKeySync('aes', { length: 256 });
  const codec = new EncryptionCodec([{ id: 'other', secret }]);
  return { payloads: await codec.encode([defaultPayloadConverter.toPayload({})], context) };
}

const childRun: Task = async () => {
  const workflowId = randomUUID();
  return {
    commandType: COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
    startChildWorkflowExecutionCommandAttributes: {
      workflowId,
      workflowType: { name: WORKFLOW_TYPE },
      taskQueue: { name: stage.scenario.taskQueue },
      input: await unreadable({ type: 'workflow', namespace: 'default', workflowId }),
    },
  };
};

const step: Task = async (workflowId) => {
  const activityId = randomUUID();
  return {
    commandType: COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
    scheduleActivityTaskCommandAttributes: {
      activityId,
      activityType: { name: 'authenticate' },
      taskQueue: { name: stage.scenario.taskQueue },
      input: await unreadable({
        type: 'activity',
        namespace: 'default',
        workflowId,
        activityId,
        isLocal: false,
      }),
      startToCloseTimeout: { seconds: 60 as never },
    },
  };
};

/** Gives the worker tasks that it cannot read, until this number of attempts has failed. Then the tasks are taken back. */
async function failTasks(
  task: Task,
  tasks: number,
  [name, labels]: readonly [string, Readonly<Record<string, string>>],
  failures: number,
): Promise<void> {
  const { scenario } = stage;
  const taskQueue = randomUUID();
  const giver = await scenario.client.workflow.start('giver', { taskQueue, workflowId: taskQueue });
  await answerWorkflowTask(
    { ...scenario, taskQueue },
    await Promise.all(Array.from({ length: tasks }, () => task(taskQueue))),
  );
  try {
    for (let failed = 0; failed < failures; ) {
      await until(async () => {
        const before = failed;
        failed = sumOf(await scrape(stage.targets.worker), name, labels);
        return failed > before;
      });
    }
  } finally {
    await giver.terminate();
  }
}

describe('the alerts on failing tasks', () => {
  it('fire if thousands of workflow tasks fail', async () => {
    const fail = (runs: number, failures: number) => failTasks(childRun, runs, WORKFLOW_FAILURES, failures);
    await expectAlerts(stage, ['TemporalWorkflowTasksFailing'], {
      prepare: () => fail(1, 1),
      breakIt: () => fail(MOST_OPEN, FAILURES),
      isBroken: shows('provider_sync_runs_waiting', 0),
    });
  });

  it('fire if thousands of activities fail', async () => {
    const fail = (steps: number, failures: number) => failTasks(step, steps, ACTIVITY_FAILURES, failures);
    await expectAlerts(stage, ['TemporalActivitiesFailing'], {
      prepare: () => fail(1, 1),
      async breakIt() {
        await fail(MOST_OPEN, MOST_OPEN);
        await fail(MOST_OPEN, FAILURES);
      },
    });
  });
});
