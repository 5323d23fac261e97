import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A proxy to an HTTP server that passes its responses on byte by byte, including the headers. */
export interface DrippingWay {
  readonly url: string;
  /** Milliseconds from byte to byte, from now on. */
  drip(everyMs: number): void;
  close(): void;
}

/** @param to the server's address */
export async function startDrippingWay(to: string, everyMs: number): Promise<DrippingWay> {
  const target = new URL(to);
  let pause = everyMs;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    near.on('close', () => far.destroy());
    near.pipe(far);
    void dripInto(near, far);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function dripInto(near: Socket, far: Socket): Promise<void> {
    try {
      for await (const chunk of far) {
        for (const byte of chunk as Buffer) {
          if (near.destroyed) return;
          near.write(Buffer.of(byte));
          await sleep(pause);
        }
      }
      near.end();
    } catch {
      near.destroy();
    }
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    drip: (milliseconds) => {
      pause = milliseconds;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
