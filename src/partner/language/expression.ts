import { compile, TreeInterpreter } from '@jmespath-community/jmespath';
import type { Json } from '../../contract/answer';
import { checkExpression, type Reads } from './check-expression';
import { LanguageError } from './language-error';

/** Longer texts are refused. They bound the time and the depth of an expression. */
const MAX_LENGTH = 2_000;

/** A JMESPath expression, without the `=` in front of it. */
export interface Expression {
  readonly reads: Reads;
  /**
   * Its value; null if there is none.
   *
   * @throws Error if a function receives a value of another type. The message can quote names, but no values.
   */
  evaluate(root: Json): Json;
}

/** @throws LanguageError for wrong syntax, an unknown function or variable, or wrong arguments */
export function compileExpression(text: string): Expression {
  if (text.length > MAX_LENGTH) throw new LanguageError(`is longer than ${MAX_LENGTH} characters`);
  const tree = parse(text);
  return {
    reads: checkExpression(tree),
    evaluate: (root) => (TreeInterpreter.search(tree, root) ?? null) as Json,
  };
}

function parse(text: string): ReturnType<typeof compile> {
  try {
    return compile(text);
  } catch (error) {
    throw new LanguageError(`is not a JMESPath expression: ${plainly(error as Error)}`);
  }
}

/** The library's messages without their prefix. At the end of the text, they name a token that no one wrote. */
function plainly({ message }: Error): string {
  const fault = message.replace(/^Syntax error[:,] |^syntax: /, '');
  return /\bEOF\b|undefined/.test(fault) ? 'it ends too early' : fault;
}
