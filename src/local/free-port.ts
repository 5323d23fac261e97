import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ExpectedError } from '../process/expected-error';

/** Ports above the preferred one that are tried before a random one. */
const NEIGHBOURS = 50;
const MAX_PORT = 65_535;
/** Each try fails only because another process took a port at that very moment. */
const TRIES = 5;

/**
 * The preferred port of 127.0.0.1, or the next free one; a random one without a preference, or with 0. The same port is
 * not returned twice within some seconds.
 */
export async function freePort(preferred = 0): Promise<number> {
  const { default: getPort } = await import('get-port').catch(() => {
    throw new ExpectedError('npm start needs the development dependencies; install them with: npm ci');
  });
  return getPort({ host: '127.0.0.1', port: preferred === 0 ? [] : neighboursOf(preferred) });
}

/** The port and those above it. The library's own list begins at 1024. */
function neighboursOf(port: number): number[] {
  return Array.from({ length: NEIGHBOURS + 1 }, (_, above) => port + above).filter((one) => one <= MAX_PORT);
}

/** A port that no other process can take until it is released. */
interface ReservedPort {
  readonly port: number;
  release(): Promise<void>;
}

/** Reserves the preferred port of 127.0.0.1, or the next free one. Release it right before a server listens there. */
export function reservePort(preferred: number): Promise<ReservedPort> {
  return withFreePorts(async () => {
    const holder = createServer((caller) => caller.destroy());
    holder.listen(await freePort(preferred), '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    return {
      port,
      release: async () => {
        if (!holder.listening) return;
        holder.close();
        await once(holder, 'close');
      },
    };
  });
}

/** Starts a server; starts it again with other ports if another process takes a port after it was found free. */
export async function withFreePorts<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (!isTaken(error) || attempt === TRIES) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && (/address already in use/i.test(error.message) || isTaken(error.cause));
}
