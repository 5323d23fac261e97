import { continueAsNew } from '@temporalio/workflow';
import type { ContinuedRun } from '../src/contract/activities';

/** The argument of a Temporal run that continues another one. A start from outside cannot use it. */
export interface ContinuedInput {
  readonly partner: string;
  readonly continues: ContinuedRun;
}

/** Ends this Temporal run, and continues the run as a new one with an empty history. */
export function continueRun(continues: ContinuedRun): Promise<never> {
  return continueAsNew<(input: ContinuedInput) => Promise<unknown>>({
    partner: continues.run.partner.name,
    continues,
  });
}
