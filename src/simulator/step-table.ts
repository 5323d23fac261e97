import { z } from 'zod';
import type { Endpoint } from '../contract/call';
import { ExpectedError } from '../process/expected-error';
import type { Random } from './random';
import { validate } from './validate';

/** Milliseconds, up to an hour. */
export const milliseconds = z.int().min(0).max(3_600_000);

export interface StepEntry {
  /** The effect that the caller sees. Names of parameters are between backticks. */
  readonly meaning: string;
  readonly endpoints: readonly Endpoint[];
  readonly parameters: z.ZodRawShape;
}

/** The ways to answer a call, by name. The name of the normal answer is `ok`; the others are faults. */
export type StepTable = Readonly<Record<string, StepEntry>>;

type StepParameters<Entry extends StepEntry> = z.ZodObject<Entry['parameters']>;

/** The steps of a table with their parameters filled in, by name. */
export type PlannedSteps<Table extends StepTable> = {
  [Name in keyof Table & string]: { readonly fault: Name } & z.output<StepParameters<Table[Name]>>;
};

/** A step as a script has it: a name, or a name with parameters. */
export type WrittenStep<Table extends StepTable> =
  | (keyof Table & string)
  | {
      [Name in keyof Table & string]: { readonly fault: Name } & z.input<StepParameters<Table[Name]>>;
    }[keyof Table & string];

/**
 * A step for this endpoint, with its parameters filled in.
 *
 * @throws ExpectedError if the name or a parameter is wrong
 */
export function planStep<Table extends StepTable>(
  table: Table,
  endpoint: Endpoint,
  step: unknown,
): PlannedSteps<Table>[keyof Table & string] {
  const names = Object.keys(table);
  const stepName = z.object({
    fault: z.enum(names, `there is no such fault; the names are ${names.join(', ')}`),
  });
  const written = typeof step === 'string' ? { fault: step } : step;
  const { fault } = validate(stepName, written, `A step for /${endpoint}`);
  const { endpoints, parameters } = table[fault] as StepEntry;
  if (!endpoints.includes(endpoint)) {
    throw new ExpectedError(`The fault "${fault}" exists for /${endpoints[0]}, not for /${endpoint}.`);
  }
  const schema = z.strictObject({ fault: z.literal(fault), ...parameters });
  return validate(
    schema,
    written,
    `The step "${fault}" for /${endpoint}`,
  ) as PlannedSteps<Table>[keyof Table & string];
}

/** The probability of each fault, from 0 to 1. The remaining calls are answered normally. */
export type Rates<Fault extends string = string> = { readonly [Name in Fault]?: number };

/** The rounding error of a sum of decimal fractions. */
const ROUNDING = 1e-9;

/** Rates for one endpoint. Each fault must exist for it and need no parameters. */
export function ratesSchema(table: StepTable, endpoint: Endpoint) {
  return z
    .record(z.string(), z.number().min(0).max(1))
    .superRefine((rates, context) => {
      for (const name of Object.keys(rates)) {
        const problem = whyNotDrawn(table, endpoint, name);
        if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem });
      }
      const sum = Object.values(rates).reduce((total, rate) => total + rate, 0);
      if (sum > 1 + ROUNDING) {
        context.addIssue({ code: 'custom', message: `the rates add up to ${sum}, more than 1` });
      }
    })
    .transform((rates): Rates => rates);
}

function whyNotDrawn(table: StepTable, endpoint: Endpoint, name: string): string | undefined {
  if (name === 'ok') return 'follows from the other rates; leave it out';
  try {
    planStep(table, endpoint, name);
    return undefined;
  } catch (error) {
    if (error instanceof ExpectedError) return error.message;
    throw error;
  }
}

/** Draws the name of the step for a call: a fault, or `ok`. */
export function drawStep(rates: Rates, random: Random): string {
  let left = random();
  for (const [name, rate = 0] of Object.entries(rates)) {
    left -= rate;
    if (left < 0) return name;
  }
  return 'ok';
}
