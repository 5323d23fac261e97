/** Names of fields that report an error, in lower case and without separators. */
const NAMES = new Set(['error', 'errors', 'exception', 'exceptions']);
/** Texts that report that there is no error, in lower case. */
const NOTHING = new Set(['', '0', 'false', 'no', 'none', 'null', 'ok']);
/** Objects and lists that are searched within each other. */
const DEPTH = 4;

/** The fields of an object that report an error. */
export function errorFields(object: { readonly [key: string]: unknown }): string[] {
  return Object.keys(object).filter((name) => NAMES.has(plain(name)) && saysSomething(object[name], DEPTH));
}

/** An empty list, or an object that has only zeros and empty texts, says that there is no error. */
function saysSomething(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !NOTHING.has(value.trim().toLowerCase());
  if (value === null || typeof value !== 'object') return Boolean(value);
  return depth === 0 || Object.values(value).some((inner) => saysSomething(inner, depth - 1));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}
