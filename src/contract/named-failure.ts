import type { FailureType } from './failures';

/** An error with a name of the failure table. Its name and message reach Temporal, the tables and the logs. */
export class NamedFailure extends Error {
  override readonly name: string = 'NamedFailure';

  constructor(
    readonly type: FailureType,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
