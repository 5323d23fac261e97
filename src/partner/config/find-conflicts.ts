import type { Mistake } from './mistake';
import type { Field } from './partner';

interface Entry {
  readonly fields: { readonly [F in Field]?: string | undefined };
  readonly constants?: { readonly [F in Field]?: string | undefined } | undefined;
  readonly optional: readonly Field[];
  readonly identity: readonly string[];
  readonly ignore: readonly string[];
  readonly maxLength: number;
}

/** The mistakes that lie between the keys of one partner. */
export function* findConflicts(partner: Entry): Generator<Mistake> {
  const { fields, constants = {}, optional, identity, ignore } = partner;
  if (
    fields.givenName === undefined &&
    constants.givenName === undefined &&
    !optional.includes('givenName')
  ) {
    yield { path: ['fields'], message: 'needs givenName, unless constants or optional have it' };
  }
  for (const field of optional) {
    if (fields[field] === undefined && field !== 'givenName') {
      yield { path: ['optional'], message: `names ${field}, which is missing in fields` };
    }
  }
  const sources = Object.values(fields).filter((source) => source !== undefined);
  if (new Set(sources).size < sources.length) {
    yield { path: ['fields'], message: 'name one field of the partner twice' };
  }
  for (const [field, value] of Object.entries(constants) as [Field, string | undefined][]) {
    if (value === undefined) continue;
    const path = ['constants', field];
    if (fields[field] !== undefined) yield { path, message: 'is in fields too' };
    if (value.length > partner.maxLength) yield { path, message: 'is longer than maxLength' };
  }
  for (const [index, place] of ignore.entries()) {
    const used = [...sources, ...identity].find((source) => isWithin(source, place));
    if (used !== undefined) {
      yield { path: ['ignore', index], message: `covers ${used}, which fields or identity read` };
    }
  }
}

/** Whether a place is the other one or a part of it. */
function isWithin(place: string, whole: string): boolean {
  return place === whole || place.startsWith(`${whole}.`);
}
