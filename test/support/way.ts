import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy to a server. Its address stays the same when the server stops and starts. */
export interface Way {
  /** `host:port` */
  readonly address: string;
  /** Leads new connections to another address. Open connections stay. */
  lead(to: string): void;
  /** From now on, open connections lose everything in both directions. */
  cut(): void;
  /** From now on, open connections lose the answers of the server. Requests still arrive. */
  deafen(): void;
  /** Ends all open connections, as a crash of the server does. */
  reset(): void;
  close(): void;
}

/** @param to `host:port` of the server */
export async function startWay(to: string): Promise<Way> {
  let target = to;
  const sockets = new Set<Socket>();
  const farEnds = new Set<Socket>();
  const server = createServer((near) => {
    const [host = '', port = ''] = target.split(':');
    const far = connect(Number(port), host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
    farEnds.add(far);
    far.on('close', () => farEnds.delete(far));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reset = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead: (address) => {
      target = address;
    },
    cut: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    deafen: () => {
      // The data is still read, so that the server is not blocked.
      for (const far of farEnds) far.unpipe().resume();
    },
    reset,
    close: () => {
      server.close();
      reset();
    },
  };
}
