import { z } from 'zod';
import { ENDPOINTS } from '../../contract/call';
import { ExpectedError } from '../../process/expected-error';
import type { Controllable } from '../control';
import type { Family } from '../family/create-family';
import { FAMILY, type FamilyName } from '../family/family';
import { DEFAULT_RATES } from '../faults';
import { validate } from '../validate';
import { BUTTON_NAMES, stepOf } from './buttons';

/** The most calls that one press of a button plans. */
export const MOST_AT_ONCE = 20;
/** The most calls that the buttons plan for one endpoint. */
const MOST_PLANNED = 100;

export const NOTEWORTH = 'noteworth';
const PARTNERS = [NOTEWORTH, ...(Object.keys(FAMILY) as FamilyName[])] as const;

const planSchema = z.strictObject({
  partner: z.enum(PARTNERS),
  endpoint: z.enum(ENDPOINTS),
  page: z.union([z.literal('').transform(() => undefined), z.coerce.number().int().min(1)]).optional(),
  count: z.coerce.number().int().min(1).max(MOST_AT_ONCE),
  answer: z.enum([...BUTTON_NAMES, 'clear']),
});

/** The changes of the settings that have a button. */
const SETTINGS = {
  measured: { rates: DEFAULT_RATES },
  none: { rates: { auth: {}, providers: {} } },
  short: { hangMs: 2_000 },
  long: { hangMs: 30_000 },
} as const;
const settingsSchema = z.strictObject({ set: z.enum(Object.keys(SETTINGS) as (keyof typeof SETTINGS)[]) });

/** The partners that forms change. */
interface Partners {
  readonly noteworth: Controllable;
  readonly family: Family;
}

type Form = Readonly<Record<string, string>>;

/**
 * What each form does, by its path. Each returns the id of the part of the page that shows the change.
 *
 * @throws ExpectedError if a field is wrong
 */
export const FORMS: Readonly<Record<string, (partners: Partners, form: Form) => string>> = {
  '/plan': plan,
  '/settings': ({ noteworth }, form) => {
    const { set } = validate(settingsSchema, form, 'The settings');
    noteworth.configure(SETTINGS[set]);
    return 'settings';
  },
  '/reset': ({ noteworth, family }) => {
    for (const partner of [noteworth, ...Object.values(family)]) partner.reset();
    return 'calls';
  },
};

function plan({ noteworth, family }: Partners, form: Form): string {
  const { partner: name, endpoint, page, count, answer } = validate(planSchema, form, 'The plan');
  const isNoteworth = name === NOTEWORTH;
  const partner = isNoteworth ? noteworth : family[name];
  if (!isNoteworth && !family[name].hasTokens && (endpoint === 'auth' || answer === 'steal')) {
    throw new ExpectedError(`${name} gives no tokens. Choose another partner or another answer.`);
  }
  const place = { endpoint, ...(page !== undefined && { page }) };
  const before = partner.planned()[page === undefined ? endpoint : `${endpoint} ${page}`] ?? [];
  if (before.length + count > MOST_PLANNED && answer !== 'clear') {
    throw new ExpectedError(`At most ${MOST_PLANNED} calls can be planned. Clear the plan first.`);
  }
  const steps =
    answer === 'clear' ? [] : [...before, ...Array<unknown>(count).fill(stepOf(answer, isNoteworth))];
  partner.script({ ...place, steps });
  return isNoteworth ? `plan-${endpoint}` : 'family';
}
