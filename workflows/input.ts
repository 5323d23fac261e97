import { defineSearchAttributeKey } from '@temporalio/common';
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { ContinuedRun, OpenRunInput } from '../src/contract/activities';
import { DECISION_LENGTHS } from '../src/contract/approval';
import { FAILURES, type FailureType } from '../src/contract/failures';
import { STARTED_BY_MEMO, STARTERS, TRIGGER_MEMO, type Trigger } from '../src/contract/names';
import { isContinuedRun } from '../src/contract/results';
import type { SyncInput } from '../src/contract/run';
import { UnreadablePayload } from '../src/contract/unreadable-payload';
import type { ContinuedInput } from './continued-run';

const SCHEDULED_BY = defineSearchAttributeKey('TemporalScheduledById', 'KEYWORD');

/** A UUID, as our ids are. */
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** How a Temporal run was started. */
export interface Start {
  readonly opening: OpenRunInput;
  /** The run that it continues; null if it begins one. */
  readonly continued: ContinuedRun | null;
}

/**
 * Reads how the workflow was started.
 *
 * @throws ApplicationFailure `InvalidInput` for any input except nothing, null or a {@link SyncInput}
 */
export function readStart(input: unknown, rest: readonly unknown[]): Start {
  const { workflowId, runId, continuedFromExecutionRunId: before, ...info } = workflowInfo();
  const isContinued = before !== undefined && isContinuedInput(input);
  const { partner, replay } = isContinued ? inputOf(input) : readInput(input, rest);
  const trigger = replay === undefined ? readTrigger() : 'replay';
  const startedBy = readStarter();
  const opening = {
    ...(partner !== undefined && { partner }),
    ...(replay !== undefined && { replay }),
    ...{ trigger, workflowId, runId },
    ...(runId === info.originalExecutionRunId && { requestedAt: info.runStartTime.toISOString() }),
    ...(startedBy !== undefined && { startedBy }),
  };
  // A cron schedule of Temporal's repeats the input of the run before; that run has ended.
  const continued = isContinued && input.continues.run.temporalRunId === before ? input.continues : null;
  return { opening, continued };
}

function inputOf({ partner, continues: { run } }: ContinuedInput): SyncInput {
  return { partner, ...(run.replayOf !== undefined && { replay: run.replayOf }) };
}

function readInput(input: unknown, rest: readonly unknown[]): SyncInput {
  if (rest.length > 0) throw invalidInput('It was started with more than one argument.');
  if (input === undefined || input === null) return {};
  if (input instanceof UnreadablePayload) throw invalidInput(`It could not be read: ${input.reason}.`);
  if (typeof input !== 'object' || Array.isArray(input)) throw invalidInput(`It was a ${kindOf(input)}.`);
  const { partner, replay, ...unknown } = input as Record<string, unknown>;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw invalidInput(`It has the unknown field ${JSON.stringify(name)}.`);
  if (partner !== undefined && (typeof partner !== 'string' || partner === '')) {
    throw invalidInput('partner must be a name.');
  }
  if (replay !== undefined && (typeof replay !== 'string' || !ID.test(replay))) {
    throw invalidInput('replay must be the id of a run.');
  }
  return { ...(partner !== undefined && { partner }), ...(replay !== undefined && { replay }) };
}

/** A schedule sets a search attribute of Temporal's; our own starters set a memo. */
function readTrigger(): Trigger {
  const { memo, typedSearchAttributes } = workflowInfo();
  if (typedSearchAttributes.get(SCHEDULED_BY) !== undefined) return 'schedule';
  return STARTERS.find((starter) => starter === memo?.[TRIGGER_MEMO]) ?? 'temporal';
}

/** Who started the run; undefined if the memo does not name a person. Anyone who can start a workflow writes the memo. */
function readStarter(): string | undefined {
  const name = workflowInfo().memo?.[STARTED_BY_MEMO];
  const isName = typeof name === 'string' && name.length <= DECISION_LENGTHS.by && name.isWellFormed();
  return isName && !name.includes('\0') && name.trim() !== '' ? name.trim() : undefined;
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
