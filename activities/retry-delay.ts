/** However long a partner asks to be left alone, a run waits no longer than this. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * How long to wait before the call after the given one, in milliseconds: doubles from call to call, with a
 * quarter of jitter either way so that many runs do not come back at once, and at least as long as the partner asked.
 */
export function retryDelay(baseMs: number, attempt: number, retryAfterMs = 0, random = Math.random): number {
  const backoff = baseMs * 2 ** (attempt - 1) * (0.75 + random() / 2);
  return Math.round(Math.max(backoff, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)));
}
