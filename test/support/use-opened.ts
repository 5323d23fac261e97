interface Closable {
  close(): Promise<void>;
}

/** The open resources; the last opened is the last. */
const open: Closable[] = [];

/**
 * Opens a resource before the tests of a file or of a `describe`, and closes it after them. Several resources are
 * closed in the reverse of the order in which they were opened.
 *
 * @returns a proxy of the resource, for use in tests and in hooks that are declared later
 */
export function useOpened<T extends Closable>(start: () => Promise<T>): T {
  let opened: T | undefined;
  beforeAll(async () => {
    opened = await start();
    open.push(opened);
  });
  afterAll(() => open.pop()?.close());
  return new Proxy({} as T, {
    get(_target, name) {
      if (!opened) throw new Error('it is opened before the first test: use it in a test or in a later hook');
      return Reflect.get(opened, name);
    },
  });
}
