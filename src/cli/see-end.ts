import { ExpectedError } from '../process/expected-error';

/**
 * Waits for the end of what a command has requested. The request does not depend on the command.
 *
 * @param requested says that the request was made, and where its end is shown
 * @throws ExpectedError if the end cannot be seen: why, and `requested`
 */
export async function seeEnd<T>(requested: string, wait: () => Promise<T>): Promise<T> {
  try {
    return await wait();
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    throw new ExpectedError(`${error.message} ${requested}`, error.exitCode, { cause: error });
  }
}
