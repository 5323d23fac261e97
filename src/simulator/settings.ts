import { z } from 'zod';
import type { Json } from '../contract/answer';
import type { Endpoint } from '../contract/call';
import { STEPS } from './faults';
import { milliseconds, type Rates, ratesSchema } from './step-table';
import { validate } from './validate';

/** Settings that can be changed while the simulator is running. */
export interface SimulatorSettings {
  /** The same seed and the same order of calls give the same faults and samples. */
  readonly seed: number;
  /** The silence of `hang`, in milliseconds. */
  readonly hangMs: number;
  readonly rates: Readonly<Record<Endpoint, Rates>>;
  /** Records in an answer; fewer if there are fewer people. */
  readonly recordsPerAnswer: number;
  /** The records that answers are drawn from. */
  readonly people: readonly Json[];
}

const changeSchema = z.strictObject({
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  hangMs: milliseconds.optional(),
  rates: z
    .strictObject({
      auth: ratesSchema(STEPS, 'auth').optional(),
      providers: ratesSchema(STEPS, 'providers').optional(),
    })
    .optional(),
  recordsPerAnswer: z.int().min(0).optional(),
  people: z.custom<readonly Json[]>(Array.isArray, 'must be a list').optional(),
});

/** New settings. Settings that are left out do not change. The rates of an endpoint are replaced as a whole. */
export type SettingsChange = {
  readonly [Name in Exclude<keyof SimulatorSettings, 'rates'>]?: SimulatorSettings[Name] | undefined;
} & { readonly rates?: { readonly [Name in Endpoint]?: Rates | undefined } | undefined };

/**
 * The settings after a change.
 *
 * @throws ExpectedError if the change is not valid
 */
export function changeSettings(settings: SimulatorSettings, change: unknown): SimulatorSettings {
  const changed = validate(changeSchema, change, 'The settings');
  return {
    seed: changed.seed ?? settings.seed,
    hangMs: changed.hangMs ?? settings.hangMs,
    rates: {
      auth: changed.rates?.auth ?? settings.rates.auth,
      providers: changed.rates?.providers ?? settings.rates.providers,
    },
    recordsPerAnswer: changed.recordsPerAnswer ?? settings.recordsPerAnswer,
    people: changed.people ?? settings.people,
  };
}
