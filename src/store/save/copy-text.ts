const SPECIAL = /[\\\n\r\t]/;
const ALL_SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A value as a column of COPY's text format, null as `\N`:
 * https://www.postgresql.org/docs/current/sql-copy.html
 */
export function toCopyText(value: string | null): string {
  if (value === null) return '\\N';
  // Most values hold none of them, and asking is cheaper than replacing.
  return SPECIAL.test(value) ? value.replace(ALL_SPECIAL, (character) => ESCAPES[character] ?? '') : value;
}
