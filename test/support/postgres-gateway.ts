import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** A gateway in front of Postgres. It terminates TLS, as the proxy of a cloud does, or sends nonsense. */
export interface PostgresGateway {
  /** `localhost:port` */
  readonly address: string;
  /** The certificate and key, in PEM, of new connections. */
  present(pair: { cert: string; key: string }): void;
  /** Answers every new connection with these bytes from now on; null restores the gateway. */
  speak(bytes: Buffer | null): void;
  /** Ends all open connections. */
  reset(): void;
  close(): void;
}

/**
 * @param to `host:port` of Postgres, to which the gateway connects without TLS
 * @param pair certificate and key; without them the gateway passes connections on unchanged
 */
export async function startPostgresGateway(
  to: string,
  pair?: { cert: string; key: string },
): Promise<PostgresGateway> {
  let presented = pair;
  let spoken: Buffer | null = null;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };

  const passOn = (near: Socket) => {
    const [host = '', port = ''] = to.split(':');
    const far = connect(Number(port), host);
    keep(far);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.pipe(far).pipe(near);
  };
  const server = createServer((near) => {
    keep(near);
    const answer = spoken;
    if (answer) {
      near.on('data', () => near.write(answer));
    } else if (presented) {
      const tls = presented;
      // A client first asks for TLS.
      near.once('data', () => {
        near.pause();
        near.write('S');
        const secure = new TLSSocket(near, { isServer: true, ...tls });
        keep(secure);
        passOn(secure);
      });
    } else {
      passOn(near);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reset = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    present(pair) {
      presented = pair;
    },
    speak(bytes) {
      spoken = bytes;
    },
    reset,
    close() {
      server.close();
      reset();
    },
  };
}
