import type { Client } from '@temporalio/client';

/** Milliseconds for Temporal to answer, tries included: as long as somebody waits who can try again. */
const ANSWER_WITHIN_MS = 5_000;

/** Asks Temporal for the sake of an HTTP request; fails where there is no answer in time. */
export function askTemporal<T>(client: Client, ask: () => Promise<T>): Promise<T> {
  return client.withDeadline(Date.now() + ANSWER_WITHIN_MS, ask);
}
