/** Characters of a text that count: bounded, since a row of an index may have 2704 bytes. */
const LENGTH = 200;

/** Letters that no decomposition leads back to the plain one; ß, the one that becomes two, apart. */
const LETTERS = { from: 'øłđħŧıς', to: 'oldhtiσ' };
const MARKS = '[\\u0300-\\u036f]';
/** Those beyond ASCII go first: decomposed, `´` would be a space and an accent. */
const APOSTROPHES = { ascii: "['`]", others: '[’‘ʼ´]' };
/** Among it all that LIKE reads: `%`, `_` and `\`. */
const PUNCTUATION = '[][\\s\\\\%.,;:/()"“”_&‐‑–—-]+';

/**
 * The SQL for a text as people compare names: in lower case, without accents and apostrophes, with other
 * punctuation as spaces. It can be part of a pattern for LIKE as it is.
 *
 * @param text an SQL expression
 */
export function folded(text: string): string {
  const beginning = `left(${text}, ${LENGTH})`;
  const plain = `CASE
    WHEN octet_length(${beginning}) = char_length(${beginning}) THEN ${beginning}
    ELSE ${withoutAccents(beginning)} END`;
  const letters = replaced(replaced(`lower(${plain})`, APOSTROPHES.ascii, ''), PUNCTUATION, ' ');
  // One character may have become several.
  return `left(btrim(${letters}), ${LENGTH})`;
}

/**
 * What `providers.name_key` holds: "family, given", folded. A tab comes before every letter, so that Smith
 * stands before Smith-Jones. Stored rows do not follow a change of it: that takes another migration.
 */
export const NAME_KEY = `${folded('family_name')} || chr(9) || ${folded('given_name')}`;

function withoutAccents(text: string): string {
  const decomposed = `normalize(${replaced(text, APOSTROPHES.others, '')}, NFKD)`;
  const lower = `lower(${replaced(decomposed, MARKS, '')})`;
  return `translate(replace(${lower}, 'ß', 'ss'), '${LETTERS.from}', '${LETTERS.to}')`;
}

function replaced(text: string, pattern: string, replacement: string): string {
  return `regexp_replace(${text}, '${pattern.replaceAll("'", "''")}', '${replacement}', 'g')`;
}
