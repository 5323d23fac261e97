/** How to close the open resources; the last opened is the last. */
const closings: (() => Promise<unknown>)[] = [];

/**
 * Opens a resource before the tests of a file or of a `describe`, and closes it after them. Several resources are
 * closed in the reverse of the order in which they were opened.
 *
 * @returns a proxy of the resource, for use in tests and in hooks that are declared later
 */
export function useOpened<T extends object>(
  start: () => Promise<T>,
  close: (opened: T) => Promise<unknown>,
): T {
  let opened: T | undefined;
  beforeAll(async () => {
    const started = await start();
    closings.push(() => close(started));
    opened = started;
  });
  afterAll(() => closings.pop()?.());
  const resource = () => {
    if (!opened) throw new Error('it is opened before the first test: use it in a test or in a later hook');
    return opened;
  };
  return new Proxy({} as T, {
    get: (_target, name) => Reflect.get(resource(), name),
    set: (_target, name, value) => Reflect.set(resource(), name, value),
  });
}
