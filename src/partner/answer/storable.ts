import type { Json } from '../../contract/answer';

/** Deeper records and larger unknown fields are rejected. Real records are far smaller. */
export const MAX_DEPTH = 32;
export const MAX_RECORD_LENGTH = 64 * 1024;

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
