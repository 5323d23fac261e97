import { isDeepStrictEqual } from 'node:util';
import type { CheckedProvider, Json } from '../../contract/answer';
import { normalise } from './identity';

/**
 * Whether two records of the same identity are one person: they differ in nothing, or in letter case, white space
 * and invisible characters only. These count as little in the other fields as they do in the identity.
 */
export function areTwins(one: CheckedProvider, other: CheckedProvider): boolean {
  return isDeepStrictEqual(one, other) || isDeepStrictEqual(fold({ ...one }), fold({ ...other }));
}

function fold(value: Json): Json {
  if (typeof value === 'string') return normalise(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(fold);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fold(item)]));
}
