import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to Postgres on which the first connection takes long. */
export interface LatePostgres {
  /** An address of the same database. */
  readonly url: string;
  /** Whether the first connection has reached Postgres. */
  readonly isReached: () => boolean;
  close(): void;
}

/**
 * @param databaseUrl the address without the delay
 * @param delayMs from the first connection to its first byte
 */
export async function startLatePostgres(databaseUrl: string, delayMs: number): Promise<LatePostgres> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isReached = false;
  const server = createServer(async (near) => {
    near.on('error', () => undefined);
    sockets.add(near);
    if (sockets.size === 1) await sleep(delayMs);
    if (near.destroyed) return;
    const far = connect(Number(port), hostname);
    far.on('connect', () => {
      isReached = true;
    });
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    isReached: () => isReached,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
