import type { Json, Rejection } from '../../contract/answer';
import type { JsonObject } from './attributes';
import type { Mapping } from './mapping';

/** Creates the function that reads whether a record says that the person left, or why that cannot be read. */
export function createDepartedMark({
  departed,
}: Pick<Mapping, 'departed'>): (
  record: JsonObject,
) => boolean | { readonly reason: Rejection; readonly field: string } {
  if (departed === null) return () => false;
  const { text, value } = departed;
  return (record) => toBoolean(value.read(record)) ?? { reason: 'NotBoolean', field: text };
}

/** Formats such as CSV have no booleans, only texts. No value says that the person is there. */
function toBoolean(value: Json | undefined): boolean | null {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : null;
  if (word === 'true') return true;
  return word === '' || word === 'false' ? false : null;
}
