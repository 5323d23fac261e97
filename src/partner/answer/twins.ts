import { isDeepStrictEqual } from 'node:util';
import type { CheckedProvider, Json } from '../../contract/answer';
import { normalise } from './identity';

/**
 * Whether two records of the same identity are one person: they are equal, or differ only in letter case, white space
 * and invisible characters. The identity ignores these differences too. Two records that say that the person left are
 * equal.
 */
export function areTwins(one: CheckedProvider, other: CheckedProvider): boolean {
  return isDeepStrictEqual(one, other) || foldedText(one) === foldedText(other);
}

/** A text that is the same for two records if they are twins. */
export function foldedText(provider: CheckedProvider): string {
  if (provider.departed) return 'departed';
  return JSON.stringify(fold({ ...provider }));
}

function fold(value: Json): Json {
  if (typeof value === 'string') return normalise(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(fold);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, fold(item)]));
}
