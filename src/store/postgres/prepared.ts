const NAMES = new Map<string, string>();

/**
 * Marks a statement of every small sync: each connection keeps its plan. To plan it takes several times as long as to
 * execute it. Statements that may have to read many rows are not marked, because their plan depends on how many.
 *
 * @returns the same statement
 */
export function prepared(statement: string): string {
  NAMES.set(statement, NAMES.get(statement) ?? `provider_sync_${NAMES.size + 1}`);
  return statement;
}

/** The name of a statement that was marked; undefined for every other. */
export function nameOfPrepared(statement: string): string | undefined {
  return NAMES.get(statement);
}
