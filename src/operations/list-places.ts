import type { Json } from '../contract/answer';

/** Records that are searched for places. */
export const SEARCHED = 20;
const MAX_DEPTH = 6;
const MAX_PLACES = 200;

/** The places of all values in the first records, as partners.yaml would name them. */
export function listPlaces(records: readonly Json[]): string[] {
  const places = new Set<string>();
  const visit = (value: Json, keys: readonly string[]) => {
    if (places.size >= MAX_PLACES || keys.length > MAX_DEPTH) return;
    if (value === null || typeof value !== 'object') {
      if (keys.length > 0) places.add(keys.join('.'));
      return;
    }
    for (const [key, item] of Object.entries(value)) visit(item, [...keys, key]);
  };
  for (const record of records.slice(0, SEARCHED)) visit(record, []);
  return [...places];
}
