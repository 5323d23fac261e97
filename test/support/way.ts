import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server, with an address of its own that stays while the server goes and comes. */
export interface Way {
  /** `host:port` */
  readonly address: string;
  /** Leads new connections to another address; those there are stay. */
  lead(to: string): void;
  /** What is sent on the connections there are arrives nowhere from now on, and nothing comes back. */
  cut(): void;
  /** What comes back on the connections there are arrives nowhere from now on; what is sent still does. */
  deafen(): void;
  /** Ends the connections there are, as a crash of the server would. */
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
      // Read on, so that the server is not held up.
      for (const far of farEnds) far.unpipe().resume();
    },
    reset,
    close: () => {
      server.close();
      reset();
    },
  };
}
