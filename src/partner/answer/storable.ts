import type { Json } from '../../contract/answer';

/** Deeper records and larger unknown fields are rejected. Real records are far smaller. */
export const MAX_DEPTH = 32;
export const MAX_RECORD_LENGTH = 64 * 1024;

/** A character that is escaped, such as `\u001f`. */
const LONGEST_CHARACTER = 6;
/** A number such as `-1.7976931348623157e+308`. */
const LONGEST_NUMBER = 25;

/** Whether Postgres can store the text: neither `text` nor `jsonb` takes a NUL or half a surrogate pair. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Whether every text in the value, keys included, can be stored. The depth must have been checked. */
export function isStorableJson(value: Json): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (Array.isArray(value)) return value.every(isStorableJson);
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).every(([key, item]) => isStorableText(key) && isStorableJson(item));
  }
  return true;
}

/** Whether every number in the value can be kept: JSON.parse turns a number beyond 1.8e308 into Infinity, which JSON cannot hold. */
export function hasFiniteNumbers(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value !== 'object' || Object.values(value).every(hasFiniteNumbers);
}

/** Whether the value nests objects and lists deeper than {@link MAX_DEPTH}. */
export function isTooDeep(value: Json, depth = 0): boolean {
  if (value === null || typeof value !== 'object') return false;
  return depth >= MAX_DEPTH || Object.values(value).some((item) => isTooDeep(item, depth + 1));
}

/** Whether the value nests too deeply, or is longer as JSON text than {@link MAX_RECORD_LENGTH}. */
export function isTooLarge(value: Json): boolean {
  // The text of a usual record is far from the limit, and need not be written.
  const most = mostLength(value, 0);
  return most > MAX_RECORD_LENGTH && (most === Infinity || JSON.stringify(value).length > MAX_RECORD_LENGTH);
}

/** At least the length of the value as JSON text; infinite if the value nests too deeply. */
function mostLength(value: Json, depth: number): number {
  if (typeof value === 'string') return value.length * LONGEST_CHARACTER + 2;
  if (value === null || typeof value !== 'object') return LONGEST_NUMBER;
  if (depth >= MAX_DEPTH) return Infinity;
  let length = 2;
  for (const key in value) {
    length +=
      key.length * LONGEST_CHARACTER +
      4 +
      mostLength((value as { [key: string]: Json })[key] ?? null, depth + 1);
  }
  return length;
}

/** The value as JSON text. Parts that are nested too deeply are replaced; text that is too long is cut, with its length. */
export function toRawText(value: Json): string {
  const text = JSON.stringify(isTooDeep(value) ? prune(value, 0) : value);
  if (text.length <= MAX_RECORD_LENGTH) return text;
  return `${text.slice(0, MAX_RECORD_LENGTH).toWellFormed()}… [${text.length} characters in all]`;
}

function prune(value: Json, depth: number): Json {
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH) return '[nested too deeply]';
  if (Array.isArray(value)) return value.map((item) => prune(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, prune(item, depth + 1)]));
}
