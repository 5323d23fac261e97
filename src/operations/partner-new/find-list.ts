import type { Json } from '../../contract/answer';
import { compilePath } from '../../partner/language/path';
import { listsIn } from '../../partner/page/no-list-failure';

/** A list in an answer. */
export interface FoundList {
  /** As `providers.records` names it; empty if the answer itself is the list. */
  readonly place: string;
  readonly records: readonly Json[];
  /** What surrounds the list, without its items. */
  readonly envelope: Json;
}

/** The lists of objects in an answer in JSON, the longest first. */
export function findLists(root: Json): FoundList[] {
  return [...listsIn(root, [])]
    .flatMap((place) => {
      const records = read(root, place);
      const isList = Array.isArray(records) && records.some(isObject);
      return isList ? [unwrap({ place, records, envelope: emptied(root, place) })] : [];
    })
    .sort((one, other) => other.records.length - one.records.length);
}

/** A FHIR bundle wraps each record: `entry[].resource`. */
function unwrap(list: FoundList): FoundList {
  const resources = list.records.flatMap((item) => (isObject(item) ? [item.resource ?? null] : []));
  if (list.place === '' || resources.length === 0 || !resources.every(isObject)) return list;
  return { ...list, place: `=${list.place}[].resource`, records: resources };
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function read(root: Json, place: string): Json | undefined {
  return place === '' ? root : compilePath(place).read(root);
}

function emptied(root: Json, place: string): Json {
  const copy = place === '' ? [] : structuredClone(root);
  const list = read(copy, place);
  if (Array.isArray(list)) list.length = 0;
  return copy;
}
