import { performance } from 'node:perf_hooks';
import type { Reader } from './snapshot';

interface Remembered<T> {
  readonly value: Promise<T>;
  readonly readAt: number;
}

/**
 * Reads a value at most once in this time. A failed reading is not remembered.
 *
 * @returns reads the value, or returns the one that it read with the same connections
 */
export function remember<T>(
  forMs: number,
  read: (reader: Reader) => Promise<T>,
): (owner: Reader) => Promise<T> {
  const kept = new WeakMap<Reader, Remembered<T>>();
  return (owner) => {
    const now = performance.now();
    const known = kept.get(owner);
    if (known && now - known.readAt < forMs) return known.value;
    const entry = { value: read(owner), readAt: now };
    kept.set(owner, entry);
    entry.value.catch(() => kept.get(owner) === entry && kept.delete(owner));
    return entry.value;
  };
}
