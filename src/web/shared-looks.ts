/**
 * Shares looks at something that changes: each caller waits for the next look, and all callers with the same key get the
 * same one. So a key is read once in this time, however many wait for it, and not at all while no one does.
 *
 * @param everyMs milliseconds between two looks
 */
export function shareLooks<K>(
  everyMs: number,
  look: (key: K) => Promise<string>,
): (key: K) => Promise<string> {
  const awaited = new Map<K, Promise<string>>();
  return (key) => {
    const shared = awaited.get(key);
    if (shared) return shared;
    const next = new Promise<void>((resolve) => setTimeout(resolve, everyMs)).then(() => {
      awaited.delete(key);
      return look(key);
    });
    awaited.set(key, next);
    return next;
  };
}

/**
 * Shares a look that takes long: all callers within some time get the same one.
 *
 * @param forMs milliseconds after which the next caller looks again
 */
export function shareLongLook(forMs: number, look: () => Promise<string>): () => Promise<string> {
  let shared: Promise<string> | undefined;
  return () => {
    if (shared) return shared;
    shared = look();
    setTimeout(() => {
      shared = undefined;
    }, forMs).unref();
    return shared;
  };
}
