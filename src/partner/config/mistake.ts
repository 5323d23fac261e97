/** A mistake in a value of partners.yaml. */
export interface Mistake {
  /** The keys that lead to the value. */
  readonly path: readonly PropertyKey[];
  /** The predicate of a sentence about the value. */
  readonly message: string;
  /** Whether the mistake is the last key itself. */
  readonly isInKey?: boolean;
}

/** A place in a file, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * One line for each mistake, in the order of the file:
 * `  partners.noteworth.auth.path: is not a path; write it like /providers (line 8, column 13)`.
 */
export function listMistakes(mistakes: readonly (Mistake & { readonly position: Position })[]): string {
  return mistakes
    .toSorted((a, b) => a.position.line - b.position.line || a.position.column - b.position.column)
    .map(({ path, message, position: { line, column } }) => {
      return `  ${path.join('.') || 'the file'}: ${message} (line ${line}, column ${column})`;
    })
    .join('\n');
}
