import { z } from 'zod';
import type { Endpoint } from '../../contract/call';
import { ExpectedError } from '../../process/expected-error';
import { milliseconds, type Rates, ratesSchema } from '../step-table';
import { validate } from '../validate';
import { type Description, FORMATS, PAGING_KINDS } from './description';
import { PAGE_STEPS } from './page-steps';

/** Of a partner of the family. */
export const MAX_RECORDS = 1_000_000;

const schema = z.strictObject({
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  records: z.int().min(0).max(MAX_RECORDS),
  pageSize: z.int().min(1).max(MAX_RECORDS),
  format: z.enum(FORMATS),
  compression: z.enum(['none', 'encoding', 'file']),
  paging: z.enum(PAGING_KINDS),
  links: z.enum(['absolute', 'relative', 'query']),
  tokenSeconds: z.int().min(1),
  hangMs: milliseconds,
  rates: z.strictObject({
    auth: ratesSchema(PAGE_STEPS, 'auth'),
    providers: ratesSchema(PAGE_STEPS, 'providers'),
  }),
});

/** Settings of a partner of the family that can be changed while the simulator is running. */
export interface MemberSettings extends Readonly<z.output<typeof schema>> {
  /** The same seed gives the same records, and the same faults if the calls come in the same order. */
  readonly seed: number;
  /** Records in all pages. */
  readonly records: number;
  /** Records in a page, unless the caller sets it. */
  readonly pageSize: number;
  /** `encoding`: as Content-Encoding, if the caller accepts gzip. `file`: the body is a gzip file. */
  readonly compression: 'none' | 'encoding' | 'file';
  /** Addresses of pages with an origin, from the root, or as a query only. */
  readonly links: 'absolute' | 'relative' | 'query';
  /** Seconds until a token expires. */
  readonly tokenSeconds: number;
  readonly rates: Readonly<Record<Endpoint, Rates>>;
}

const changeSchema = z.looseObject({ rates: z.looseObject({}).optional() });

/** Settings that are left out do not change. The rates of an endpoint are replaced as a whole. */
export type MemberChange = Omit<Partial<MemberSettings>, 'rates'> & {
  readonly rates?: Partial<MemberSettings['rates']>;
};

export function defaultSettings({ format, paging, pageSize }: Description): MemberSettings {
  return {
    seed: 1,
    records: 1000,
    pageSize,
    format,
    compression: 'none',
    paging: paging.kind,
    links: 'absolute',
    tokenSeconds: 3600,
    hangMs: 30_000,
    rates: { auth: {}, providers: {} },
  };
}

/**
 * The settings after a change.
 *
 * @throws ExpectedError if the change is not valid
 */
export function changeMemberSettings(settings: MemberSettings, change: unknown): MemberSettings {
  const { rates, ...changed } = validate(changeSchema, change, 'The settings');
  const merged = { ...settings, ...changed, rates: { ...settings.rates, ...rates } };
  const after = validate(schema, merged, 'The settings');
  const { format, paging } = after;
  if (format !== 'json' && (paging === 'link' || paging === 'cursor')) {
    throw new ExpectedError(
      `The settings cannot be used: paging: a body in ${format} has no place for a ${paging}.`,
    );
  }
  return after;
}
