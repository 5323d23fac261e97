/**
 * The SQL for a text in the form in which names are compared: in lower case, without accents, apostrophes and
 * invisible characters, with other punctuation as spaces. A pattern for LIKE can contain it without escapes. A
 * migration defines the function, so that one definition folds rows and queries, whatever the locale of the database.
 *
 * @param text an SQL expression
 */
export function folded(text: string): string {
  return `fold_name(${text})`;
}

/**
 * The SQL for a text in the form that `search_key` holds: folded, with æ, œ, þ and ð as the letters that people write for
 * them. The column has the same rule, so a change needs a migration.
 *
 * @param text an SQL expression
 */
export function searchFolded(text: string): string {
  return `replace(replace(replace(translate(${folded(text)}, 'ð', 'd'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')`;
}

/** The SQL for the text with one letter for aa, ae, oe and ue, as `search_key` holds it besides. */
export function contracted(text: string): string {
  return `replace(replace(replace(replace(${text}, 'aa', 'a'), 'ae', 'a'), 'oe', 'o'), 'ue', 'u')`;
}
