import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { StepReport } from '../src/contract/activities';
import { type ApprovalRequest, explainDeparting } from '../src/contract/approval';
import { FAILURES, type FailureType } from '../src/contract/failures';
import type { RunHolder } from '../src/contract/run';
import { InvalidAnswerError } from '../src/partner/answer/recheck-answer';
import { PartnerFailure } from '../src/partner/call/partner-failure';
import { PartnerNotNamedError } from '../src/partner/config/choose-partner';
import { UnknownPartnerError } from '../src/partner/config/unknown-partner-error';
import type { Logger } from '../src/process/logger';
import { classifyStoreError, RunSupersededError } from '../src/store/postgres/store-failure';

/** The partner's answer was complete, but must not be stored. */
export class UnusableAnswerError extends Error {}

/** Temporal did not say whether a run still goes on. */
export class HolderUnknownError extends Error {
  constructor(holder: RunHolder, options: ErrorOptions) {
    super(`whether ${holder.workflowId} still runs is not known`, options);
  }
}

/** The claim on the partner is that of a run which a reset has ended. */
export class RunResetError extends Error {
  constructor(openedAs: string) {
    super(`the partner was claimed by the Temporal run ${openedAs}, which a reset has replaced`);
  }
}

/** Temporal had given the attempt up before the worker came to it. */
export class AttemptExpiredError extends Error {
  constructor() {
    super('Temporal had given this attempt up before it began');
  }
}

/** The worker was told to stop and its grace time is over; another worker takes the next attempt. */
export class WorkerStoppingError extends Error {
  constructor() {
    super('the worker was stopped before it had ended');
  }
}

/** A snapshot needs an approval, and the run began on a version whose workflow cannot wait for one. */
export class UnapprovableError extends Error {
  constructor(request: ApprovalRequest) {
    super(`${explainDeparting(request)}, and the run began on a version that cannot wait for an approval.`);
  }
}

/** What reached a step through Temporal is not what this run sent. */
export class InvalidStepError extends Error {}

interface FailureOptions {
  /** What the attempt leaves to the workflow. */
  readonly report?: StepReport;
  /** Milliseconds until the next attempt, where there is one. */
  readonly nextRetryDelay?: number;
}

/** The one place where our errors become Temporal's: named, and retried or not, as the failure table says. */
export function temporalFailure(
  error: unknown,
  { report, ...options }: FailureOptions = {},
): ApplicationFailure {
  const { type, message } = nameError(error);
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: FAILURES[type].retry !== 'yes',
    // Benign: the SDK would log each with its stack, though it is expected and logged by us in one line.
    ...(type !== 'InternalError' && { category: ApplicationFailureCategory.BENIGN }),
    ...(report && { details: [{ ...report, failure: type } satisfies StepReport] }),
    ...options,
  });
}

/** Runs a step of the store so that what goes wrong in it reaches Temporal by its name. */
export async function failingAsTemporal<T>(step: () => Promise<T>, log?: Logger): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const failure = temporalFailure(error);
    log?.warn(
      { failure: { type: failure.type, message: failure.message } },
      'The store did not answer as hoped',
    );
    throw failure;
  }
}

function nameError(error: unknown): { type: FailureType; message: string } {
  if (error instanceof PartnerFailure) return error;
  if (error instanceof UnknownPartnerError) return { type: 'UnknownPartner', message: error.message };
  if (error instanceof PartnerNotNamedError) return { type: 'InvalidInput', message: error.message };
  if (error instanceof UnusableAnswerError) return { type: 'UnusableAnswer', message: error.message };
  if (error instanceof RunSupersededError) return { type: 'RunSuperseded', message: error.message };
  if (error instanceof HolderUnknownError) return { type: 'TemporalUnavailable', message: error.message };
  if (error instanceof RunResetError) return { type: 'RunReset', message: error.message };
  if (error instanceof UnapprovableError) return { type: 'SnapshotRejected', message: error.message };
  if (error instanceof InvalidStepError || error instanceof InvalidAnswerError) {
    return { type: 'InvalidResult', message: error.message };
  }
  if (error instanceof AttemptExpiredError) return { type: 'WorkerLost', message: error.message };
  if (error instanceof WorkerStoppingError) return { type: 'WorkerLost', message: error.message };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return classifyStoreError(error) ?? { type: 'InternalError', message };
}
