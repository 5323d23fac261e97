import type { CheckedProvider } from '../../contract/answer';

const SPECIAL = /[\\\n\r\t]/;
const ALL_SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A value as a column of COPY's text format, null as `\N`:
 * https://www.postgresql.org/docs/current/sql-copy.html
 */
export function toCopyText(value: string | null): string {
  if (value === null) return '\\N';
  // Most values hold no special character, and a test is cheaper than a replacement.
  return SPECIAL.test(value) ? value.replace(ALL_SPECIAL, (character) => ESCAPES[character] ?? '') : value;
}

/** A provider as columns of COPY: identity key, given name, family name, title, clinic, attributes and departed. */
export function providerColumns(provider: CheckedProvider): string {
  return `\\\\x${provider.identityKey}\t${toCopyText(provider.givenName)}\t${toCopyText(provider.familyName)}\t${toCopyText(provider.title)}\t${toCopyText(provider.clinic)}\t${toCopyText(JSON.stringify(provider.attributes))}\t${provider.departed ? 't' : '\\N'}`;
}
