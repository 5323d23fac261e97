import type { Client } from '@temporalio/client';

/** Milliseconds for Temporal to answer, retries included. The caller is waiting, and can try again. */
const ANSWER_WITHIN_MS = 5_000;

/** Asks Temporal on behalf of a waiting caller. It fails if there is no answer in time. */
export function askTemporal<T>(client: Client, ask: () => Promise<T>): Promise<T> {
  return client.withDeadline(Date.now() + ANSWER_WITHIN_MS, ask);
}
