import { ExpectedError } from '../process/expected-error';

/** Ports above the preferred one that are tried before a random one. */
const NEIGHBOURS = 50;

/**
 * The preferred port of 127.0.0.1, or the next free one; a random one without a preference. The same port is not
 * returned twice within some seconds.
 */
export async function freePort(preferred?: number): Promise<number> {
  const { default: getPort, portNumbers } = await import('get-port').catch(() => {
    throw new ExpectedError('npm start needs the development dependencies; install them with: npm ci');
  });
  return getPort({
    host: '127.0.0.1',
    ...(preferred !== undefined && {
      port: portNumbers(preferred, Math.min(preferred + NEIGHBOURS, 65_535)),
    }),
  });
}

/** Starts a server; starts it again with other ports if another process takes a port after it was found free. */
export async function withFreePorts<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const taken = error instanceof ExpectedError && /address already in use/i.test(error.message);
    if (!taken) throw error;
    return start();
  }
}
