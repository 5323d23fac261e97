import { ActivityNotFoundError, type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { StepReport } from '../contract/activities';
import { TIMEOUTS } from '../contract/timeouts';
import type { TemporalConfig } from '../process/config';
import { startDelivery } from './runs/start-delivery';
import { type Failing, paceSchedule } from './schedules/back-off';
import { type FailedRuns, pauseFailingSchedule } from './schedules/schedules';
import type { SearchAttributes } from './search-attributes';

/** Milliseconds that Temporal has for an answer. A worker that stops waits for a ping. */
const ANSWER_WITHIN_MS = { isStillRunning: 5_000, isAwaited: 2_000, ping: 3_000 } as const;

/**
 * The statuses after which a workflow does nothing more. All others may still change: running, paused, continued as
 * a new run, and the ones that a later server adds.
 */
const FINAL: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT']);

/** One attempt of an activity. */
interface Attempt {
  readonly taskToken: Uint8Array;
  readonly activityId: string;
  readonly workflowExecution?: { readonly workflowId: string };
  readonly isLocal: boolean;
}

/** What a worker asks of Temporal, beside its work. */
export interface TemporalPort {
  /** Whether Temporal has the search attributes that runs set, as far as this worker knows. */
  readonly searchable: boolean;

  /** Registers the search attributes again if Temporal has lost them. */
  keepSearchable(): Promise<void>;

  /**
   * Whether a workflow has not ended yet.
   *
   * @param askerTemporalRunId Temporal's run id of the workflow that asks
   * @throws if Temporal does not answer
   */
  isStillRunning(workflowId: string, askerTemporalRunId?: string): Promise<boolean>;

  /**
   * Whether Temporal still waits for an attempt of an activity; also true if Temporal does not answer.
   *
   * @param heartbeat is left for the next attempt
   */
  isAwaited(attempt: Attempt, heartbeat: StepReport): Promise<boolean>;

  /**
   * Pauses a partner's schedule, unless an operator resumed it after the first of these failures.
   *
   * @returns whether this call paused it
   */
  pauseFailingSchedule(partner: string, failed: FailedRuns, note: string): Promise<boolean>;

  /**
   * Makes a partner's schedule wait longer than usual while the partner fails, and lets it continue as usual afterwards.
   *
   * @returns until when it backs off now; null if it does not
   */
  paceSchedule(partner: string, failing: Failing): Promise<Date | null>;

  /** Starts the workflow that sends the messages of a receiver of webhooks, unless it is running. */
  startDelivery(receiver: string): Promise<void>;

  /** @throws if Temporal does not answer; the message is the same each time */
  ping(): Promise<void>;
}

/**
 * @param starter starts workflows; on the connection of the worker, whose metrics then have the starts
 */
export function createTemporalPort(
  client: Client,
  starter: Client,
  { taskQueue, connection }: TemporalConfig,
  attributes: SearchAttributes,
): TemporalPort {
  return {
    get searchable() {
      return attributes.usable;
    },
    keepSearchable: () => attributes.keep(),
    isStillRunning: (workflowId, askerTemporalRunId) =>
      isStillRunning(client, workflowId, askerTemporalRunId),
    isAwaited: (attempt, heartbeat) => isAwaited(client, attempt, heartbeat),
    pauseFailingSchedule: (partner, failed, note) =>
      client.withDeadline(Date.now() + TIMEOUTS.pauseSchedule, () =>
        pauseFailingSchedule(client, { partner, taskQueue }, failed, note),
      ),
    paceSchedule: (partner, failing) =>
      client.withDeadline(Date.now() + TIMEOUTS.pauseSchedule, () =>
        paceSchedule(client, { partner, taskQueue }, failing),
      ),
    startDelivery: (receiver) =>
      starter.withDeadline(Date.now() + ANSWER_WITHIN_MS.isStillRunning, () =>
        startDelivery(starter, taskQueue, receiver),
      ),
    ping: () => ping(client, connection.address),
  };
}

/**
 * Whether a workflow has not ended yet. A paused workflow has not. A reset gives the workflow a new run id; therefore
 * the latest run of the workflow id counts, unless that is the run that asks.
 */
export async function isStillRunning(
  client: Client,
  workflowId: string,
  askerTemporalRunId?: string,
): Promise<boolean> {
  try {
    const { status, runId } = await client.withDeadline(Date.now() + ANSWER_WITHIN_MS.isStillRunning, () =>
      client.workflow.getHandle(workflowId).describe(),
    );
    return !FINAL.has(status.name) && runId !== askerTemporalRunId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function isAwaited(client: Client, attempt: Attempt, heartbeat: StepReport): Promise<boolean> {
  const { taskToken, activityId, workflowExecution, isLocal } = attempt;
  const { workflowId } = workflowExecution ?? {};
  const place = {
    type: 'activity',
    namespace: client.options.namespace,
    activityId,
    isLocal,
    ...(workflowId && { workflowId }),
  } as const;
  try {
    await client.withDeadline(Date.now() + ANSWER_WITHIN_MS.isAwaited, () =>
      client.activity.heartbeat(taskToken, heartbeat, { serializationContext: place }),
    );
    return true;
  } catch (error) {
    return !(error instanceof ActivityNotFoundError);
  }
}

async function ping(client: Client, address: string): Promise<void> {
  const within = ANSWER_WITHIN_MS.ping;
  try {
    await client.withDeadline(Date.now() + within, () => client.workflowService.getSystemInfo({}));
  } catch (cause) {
    throw new Error(`no answer from ${address} within ${within / 1000} s`, { cause });
  }
}
