/** A mistake in a path or an expression. Its message is the predicate of a sentence, without any value. */
export class LanguageError extends Error {
  override readonly name = 'LanguageError';
}
