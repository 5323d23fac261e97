/** Characters of a text that count: bounded, since a row of an index may have 2704 bytes. */
const LENGTH = 200;

/** Letters that no decomposition leads back to the plain one. */
const LETTERS = { from: 'øłđħŧıς', to: 'oldhtiσ' };
const PUNCTUATION = '.,:;/\\_-‐‑–—()[]"“”&+%\t';
const APOSTROPHES = "'’‘ʼ`´";
/** The characters that `translate` replaces one by one; those without a counterpart go. */
const FROM = `${LETTERS.from}${PUNCTUATION}${APOSTROPHES}`.replaceAll("'", "''");
const TO = `${LETTERS.to}${' '.repeat(PUNCTUATION.length)}`;

/**
 * The SQL for a text as people compare names: in lower case, without accents and apostrophes, with other
 * punctuation as spaces.
 *
 * @param text an SQL expression
 */
export function folded(text: string): string {
  const beginning = `left(${text}, ${LENGTH})`;
  const plain = `CASE
    WHEN octet_length(${beginning}) = char_length(${beginning}) THEN ${beginning}
    ELSE regexp_replace(normalize(${beginning}, NFKD), '[\\u0300-\\u036f]', '', 'g') END`;
  // One character may have become several.
  return `left(translate(replace(lower(${plain}), 'ß', 'ss'), '${FROM}', '${TO}'), ${LENGTH})`;
}

/**
 * What `providers.name_key` holds: "family, given", folded. A tab comes before every letter, so that Smith
 * stands before Smith-Jones. Stored rows do not follow a change of it: that takes another migration.
 */
export const NAME_KEY = `${folded('family_name')} || chr(9) || ${folded('given_name')}`;
