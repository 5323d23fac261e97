import { compileExpression, type Expression } from './expression';
import { compilePath, type Path } from './path';

/** A text of partners.yaml that reads a value of an answer or of a record. */
export type Value =
  | ({ readonly kind: 'path' } & Path)
  | ({ readonly kind: 'expression' } & Pick<Expression, 'reads'> & Pick<Path, 'read'>);

/**
 * Compiles a path, or the expression after `=`. Reading never throws: an expression that fails, and one whose value is
 * null, has no value.
 *
 * @throws LanguageError
 */
export function compileValue(text: string): Value {
  if (!isComputed(text)) return { kind: 'path', ...compilePath(text) };
  const { reads, evaluate } = compileExpression(text.slice(1));
  return {
    kind: 'expression',
    reads,
    read(root) {
      try {
        return evaluate(root) ?? undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** Whether a text of partners.yaml is an expression. */
export function isComputed(text: string): boolean {
  return text.startsWith('=');
}
