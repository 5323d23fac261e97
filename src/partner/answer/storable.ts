import type { Json } from '../../contract/answer';

/** Deeper records and larger values of unknown fields are turned away; no real record comes near. */
export const MAX_DEPTH = 32;
export const MAX_RECORD_LENGTH = 64 * 1024;

/** Whether Postgres can store the text: neither `text` nor `jsonb` takes a NUL or half a surrogate pair. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Whether every text in the value, keys included, can be stored. Expects a depth checked before. */
export function isStorable(value: Json): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (Array.isArray(value)) return value.every(isStorable);
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).every(([key, item]) => isStorableText(key) && isStorable(item));
  }
  return true;
}

/** Whether every number in the value can be kept: beyond 1.8e308 JSON gives infinity, which no JSON holds. */
export function hasFiniteNumbers(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value !== 'object' || Object.values(value).every(hasFiniteNumbers);
}

/** Whether the value nests objects and lists deeper than {@link MAX_DEPTH}; itself bounded in depth. */
export function isTooDeep(value: Json, depth = 0): boolean {
  if (value === null || typeof value !== 'object') return false;
  return depth >= MAX_DEPTH || Object.values(value).some((item) => isTooDeep(item, depth + 1));
}

/** The value as JSON text; what lies too deep is replaced by a word, and what is too long is cut, with its length. */
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
