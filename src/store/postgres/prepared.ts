const NAMES = new Map<string, string>();

/**
 * Marks a statement of every small sync: each connection keeps its plan. To plan it takes several times as long as to
 * execute it. Statements that may have to read many rows are not marked, because their plan depends on how many.
 *
 * @returns the same statement without white space around it, so that `pg_stat_activity` begins with its first word
 */
export function prepared(statement: string): string {
  const text = statement.trim();
  NAMES.set(text, NAMES.get(text) ?? `provider_sync_${NAMES.size + 1}`);
  return text;
}

/** The name of a statement that was marked; undefined for every other. */
export function nameOfPrepared(statement: string): string | undefined {
  return NAMES.get(statement);
}
