/**
 * The SQL for a text as people compare names: in lower case, without accents, apostrophes and invisible characters,
 * with other punctuation as spaces. It can be part of a pattern for LIKE as it is. The migrations define the
 * function, so that rows and queries are folded by one definition, whatever the locale of the database.
 *
 * @param text an SQL expression
 */
export function folded(text: string): string {
  return `fold_name(${text})`;
}
