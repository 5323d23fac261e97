/** A run waits at most this long, even if the partner asks for more. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * Milliseconds to wait after a call. The delay doubles with each call, with a jitter of a quarter either way so that
 * the retries of several runs are spread. It is at least as long as the partner asked for.
 */
export function retryDelay(baseMs: number, attempt: number, retryAfterMs = 0, random = Math.random): number {
  const backoff = baseMs * 2 ** (attempt - 1) * (0.75 + random() / 2);
  return Math.round(Math.max(backoff, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)));
}
