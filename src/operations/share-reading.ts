/** Milliseconds. A reading that takes longer may be stuck, so that the next one no longer waits for it. */
const PATIENCE_MS = 1_000;

/**
 * Shares a reading among all who ask for the same at the same time. No one gets a reading that began before they asked:
 * those who ask while one is in progress share the next, which begins when that one ends. Nothing is kept, neither
 * values nor errors.
 *
 * The callers get the same object, and must not change it. What they get must not depend on who asks, except through
 * the arguments.
 *
 * @param read its arguments are plain data; they are what the callers ask for
 */
export function shareReading<A extends readonly unknown[], T>(
  read: (...about: A) => Promise<T>,
): (...about: A) => Promise<T> {
  const inProgress = new Map<string, Promise<T>>();
  const next = new Map<string, Promise<T>>();

  const begin = (key: string, about: A): Promise<T> => {
    const reading = read(...about);
    inProgress.set(key, reading);
    const end = () => {
      if (inProgress.get(key) === reading) inProgress.delete(key);
    };
    reading.then(end, end);
    return reading;
  };

  return (...about) => {
    const key = JSON.stringify(about);
    const shared = next.get(key);
    if (shared) return shared;
    const current = inProgress.get(key);
    if (!current) return begin(key, about);
    const reading = endOf(current).then(() => {
      next.delete(key);
      return begin(key, about);
    });
    next.set(key, reading);
    return reading;
  };
}

/** Waits for the end of a reading, but not for one that may be stuck. */
function endOf(reading: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    reading.then(end, end);
  });
}
