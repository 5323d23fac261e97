import { Connection, type ConnectionOptions } from '@temporalio/client';
import { proxySettings } from './proxy';
import { temporalReason } from './temporal-reason';

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
    return temporalReason(error) ?? String(error);
  } finally {
    await connection.close();
  }
}
