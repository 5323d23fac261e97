/** Exit codes of the commands. */
export const EXIT = { done: 0, failed: 1, usage: 2, skipped: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * A mistake of the caller or of the environment. The message says what to do about it. Commands print it as one line,
 * because a stack would not help.
 */
export class ExpectedError extends Error {
  override readonly name = 'ExpectedError';

  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.usage,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
