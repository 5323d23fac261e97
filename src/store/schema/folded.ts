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
