import { defineSearchAttributeKey } from '@temporalio/common';
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { ContinuedRun, OpenRunInput } from '../src/contract/activities';
import { FAILURES, type FailureType } from '../src/contract/failures';
import { TRIGGER_MEMO, TRIGGERS, type Trigger } from '../src/contract/names';
import { isContinuedRun } from '../src/contract/results';
import { UnreadablePayload } from '../src/contract/unreadable-payload';
import type { ContinuedInput } from './continued-run';

const SCHEDULED_BY = defineSearchAttributeKey('TemporalScheduledById', 'KEYWORD');

/** How a Temporal run was started. */
export interface Start {
  readonly opening: OpenRunInput;
  /** The run that it continues; null if it begins one. */
  readonly continued: ContinuedRun | null;
}

/**
 * Reads how the workflow was started.
 *
 * @throws ApplicationFailure `InvalidInput` for any input except nothing, null or `{ partner }`
 */
export function readStart(input: unknown, rest: readonly unknown[]): Start {
  const { workflowId, runId, continuedFromExecutionRunId: before } = workflowInfo();
  const isContinued = before !== undefined && isContinuedInput(input);
  const partner = isContinued ? input.partner : readPartner(input, rest);
  const opening = { ...(partner !== undefined && { partner }), trigger: readTrigger(), workflowId, runId };
  // A cron schedule of Temporal's repeats the input of the run before; that run has ended.
  const continued = isContinued && input.continues.run.temporalRunId === before ? input.continues : null;
  return { opening, continued };
}

/** @returns undefined if the start names no partner */
function readPartner(input: unknown, rest: readonly unknown[]): string | undefined {
  if (rest.length > 0) throw invalidInput('It was started with more than one argument.');
  if (input === undefined || input === null) return undefined;
  if (input instanceof UnreadablePayload) throw invalidInput(`It could not be read: ${input.reason}.`);
  if (typeof input !== 'object' || Array.isArray(input)) throw invalidInput(`It was a ${kindOf(input)}.`);
  const unknown = Object.keys(input).filter((key) => key !== 'partner');
  if (unknown.length > 0) throw invalidInput(`It has the unknown field ${JSON.stringify(unknown[0])}.`);
  const { partner } = input as { partner?: unknown };
  if (partner === undefined) return undefined;
  if (typeof partner !== 'string' || partner === '') throw invalidInput('partner must be a name.');
  return partner;
}

/** A schedule sets a search attribute of Temporal's; our own starters set a memo. */
function readTrigger(): Trigger {
  const { memo, typedSearchAttributes } = workflowInfo();
  if (typedSearchAttributes.get(SCHEDULED_BY) !== undefined) return 'schedule';
  return TRIGGERS.find((trigger) => trigger === memo?.[TRIGGER_MEMO]) ?? 'temporal';
}

function invalidInput(detail: string): ApplicationFailure {
  const { meaning, advice } = FAILURES.InvalidInput;
  return ApplicationFailure.nonRetryable(
    `${meaning} ${detail} ${advice}`,
    'InvalidInput' satisfies FailureType,
  );
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

function isContinuedInput(input: unknown): input is ContinuedInput {
  const { partner, continues } = (input ?? {}) as Partial<ContinuedInput>;
  return typeof partner === 'string' && isContinuedRun(continues);
}
