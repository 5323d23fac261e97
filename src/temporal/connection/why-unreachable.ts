import { Connection, type ConnectionOptions, isGrpcServiceError } from '@temporalio/client';
import { proxySettings } from './proxy';

const ATTEMPT_TIMEOUT_MS = 5_000;

/**
 * Why a connection to Temporal cannot be made, in a few words. The SDK repeats its attempts and reports only the
 * timeout. Therefore this makes one more attempt, without repetitions.
 */
export async function whyUnreachable(options: ConnectionOptions): Promise<string> {
  return (await tryToReach(options, {}, ATTEMPT_TIMEOUT_MS)) ?? 'it did not answer at first, but does now';
}

/**
 * Makes one attempt to reach Temporal, and the namespace if one is given, on a separate connection.
 *
 * @returns null if Temporal answers, or why it does not, in a few words
 */
export async function tryToReach(
  options: ConnectionOptions,
  { namespace }: { readonly namespace?: string },
  withinMs: number,
): Promise<string | null> {
  const connection = Connection.lazy({
    ...options,
    channelArgs: proxySettings(options.address ?? ''),
    interceptors: [],
  });
  try {
    await connection.withDeadline(Date.now() + withinMs, async () => {
      await connection.workflowService.getSystemInfo({});
      if (namespace !== undefined) await connection.workflowService.describeNamespace({ namespace });
    });
    return null;
  } catch (error) {
    return isGrpcServiceError(error) ? causeIn(error.details || error.message) : String(error);
  } finally {
    await connection.close();
  }
}

/** Extracts the cause from the details of gRPC and OpenSSL. */
function causeIn(details: string): string {
  const [line = ''] = details.replace(/^.*Last error: (Error: )?/, '').split('\n');
  const [, openssl] = /:SSL routines:[^:]*:([^:]+)/.exec(line) ?? [];
  const words = openssl ?? line.replace(/ \(\d{4}-[^)]*\)|\.? Resolution note: .*$|\.$/g, '').trim();
  // The rest is how long each part of the attempt took, which is another text at each check.
  if (words.startsWith('Deadline exceeded')) return 'it did not answer in time';
  // Through a proxy gRPC gives no other reason.
  return words === 'undefined' ? 'no connection was made' : words;
}
