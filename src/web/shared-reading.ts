/**
 * Shares readings: all callers that ask for the same key within some time get the same promise.
 *
 * @param forMs milliseconds after which a key is read again
 */
export function shareReading<K>(
  forMs: number,
  read: (key: K) => Promise<string>,
): (key: K) => Promise<string> {
  const readings = new Map<K, Promise<string>>();
  return (key) => {
    const shared = readings.get(key);
    if (shared) return shared;
    const reading = read(key);
    readings.set(key, reading);
    setTimeout(() => readings.delete(key), forMs).unref();
    return reading;
  };
}
