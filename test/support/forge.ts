import { randomUUID } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import { temporal as protos } from '@temporalio/proto';
import { readRawHistory } from './raw-history';
import { type Scenario, type StartedRun, until } from './scenario';

/*
 * Anyone who reaches Temporal can report results in place of a worker, without a payload key. These functions do so.
 */

type Step = 'authenticate' | 'fetchProviders' | 'persistProviders';
type Activity = { readonly workflowId: string; readonly activityId: string };

/** The pending activity of a run with this type. */
export async function pendingActivity({ handle }: StartedRun, step: Step): Promise<Activity> {
  const { raw } = await handle.describe();
  const found = raw.pendingActivities?.find(({ activityType }) => activityType?.name === step);
  if (!found?.activityId) throw new Error(`${step} is not pending`);
  return { workflowId: handle.workflowId, activityId: found.activityId };
}

/** The encrypted result of a step in the history of a run. */
export async function encryptedResult(
  { client }: Scenario,
  { handle }: StartedRun,
  step: Step,
): Promise<Payload> {
  const { events = [] } = await readRawHistory(client, handle);
  const scheduled = events?.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === step,
  );
  const completed = events?.find((event) =>
    event.activityTaskCompletedEventAttributes?.scheduledEventId?.equals(scheduled?.eventId ?? -1),
  );
  const [payload] = completed?.activityTaskCompletedEventAttributes?.result?.payloads ?? [];
  if (!payload) throw new Error(`${step} has no result`);
  return payload;
}

/** Completes a step with these bytes. */
export async function complete({ client }: Scenario, activity: Activity, result: Payload): Promise<void> {
  await client.workflowService.respondActivityTaskCompletedById({
    namespace: 'default',
    ...activity,
    result: { payloads: [result] },
  });
}

/** Reports that a step failed, in plain text. */
export async function fail(
  { client }: Scenario,
  activity: Activity,
  type: string,
  { nonRetryable = true, details }: { nonRetryable?: boolean; details?: Payload } = {},
): Promise<void> {
  await client.workflowService.respondActivityTaskFailedById({
    namespace: 'default',
    ...activity,
    failure: protos.api.failure.v1.Failure.create({
      message: 'forged',
      applicationFailureInfo: { type, nonRetryable, ...(details && { details: { payloads: [details] } }) },
    }),
  });
}

/** Reports the progress of a step. */
export async function heartbeat({ client }: Scenario, activity: Activity, details: Payload): Promise<void> {
  await client.workflowService.recordActivityTaskHeartbeatById({
    namespace: 'default',
    ...activity,
    details: { payloads: [details] },
  });
}

type Command = protos.api.command.v1.ICommand;

/** Takes the first task of a workflow in place of a worker, and answers it with these commands. */
export async function answerWorkflowTask(
  { client: { workflowService }, taskQueue }: Scenario,
  commands: Command[],
): Promise<void> {
  let taskToken: Uint8Array = new Uint8Array();
  await until(async () => {
    const task = await workflowService.pollWorkflowTaskQueue({
      namespace: 'default',
      taskQueue: { name: taskQueue },
      identity: randomUUID(),
    });
    taskToken = task.taskToken ?? taskToken;
    return taskToken.length > 0;
  });
  await workflowService.respondWorkflowTaskCompleted({ namespace: 'default', taskToken, commands });
}
