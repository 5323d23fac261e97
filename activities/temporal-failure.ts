import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { StepReport } from '../src/contract/activities';
import { FAILURES, type FailureType } from '../src/contract/failures';
import { NamedFailure } from '../src/contract/named-failure';
import type { Logger } from '../src/process/logger';
import { classifyStoreError } from '../src/store/postgres/store-failure';

export interface FailureOptions {
  /** The report of the attempt for the workflow. */
  readonly report?: StepReport;
  /** Milliseconds until the next attempt, if there is one. */
  readonly nextRetryDelay?: number;
  /** Whether no attempt can help, although the failure table says that it may. */
  readonly nonRetryable?: true;
}

/** The only place that turns our errors into Temporal's. The failure table decides whether they are retried. */
export function temporalFailure(
  error: unknown,
  { report, ...options }: FailureOptions = {},
): ApplicationFailure {
  const { type, message } = nameError(error);
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: FAILURES[type].retry !== 'yes',
    // Without this category the SDK logs the failure with its stack. It is expected, and we log it in one line.
    ...(type !== 'InternalError' && { category: ApplicationFailureCategory.BENIGN }),
    ...(report && { details: [{ ...report, failure: type } satisfies StepReport] }),
    ...options,
  });
}

/** Runs a step in the database. Its errors reach Temporal with their names. */
export async function failingAsTemporal<T>(
  step: () => Promise<T>,
  log?: Logger,
  options?: FailureOptions,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const failure = temporalFailure(error, options);
    log?.warn({ failure: { type: failure.type, message: failure.message } }, 'Database step failed');
    throw failure;
  }
}

/** The worker is stopping and its grace time is over. Another worker takes the next attempt. */
export function workerStopping(): NamedFailure {
  return new NamedFailure('WorkerLost', 'the worker was stopped before this step ended');
}

/** The name and the message of an error for Temporal, the tables and the logs. */
export function nameError(error: unknown): { readonly type: FailureType; readonly message: string } {
  if (error instanceof NamedFailure) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return classifyStoreError(error) ?? { type: 'InternalError', message };
}
