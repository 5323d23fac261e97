import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Ports of this machine that nothing else can use until they are released. */
export interface HeldPorts {
  readonly ports: readonly number[];
  release(): void;
}

/** Listens on those of the ports that are free. Another process may use the others, and release them at any time. */
export async function holdPorts(wanted: readonly number[]): Promise<HeldPorts> {
  const servers = await Promise.all(wanted.map(listenIfFree));
  const held = servers.filter(({ listening }) => listening);
  return {
    ports: held.map((server) => (server.address() as AddressInfo).port),
    release: () => {
      for (const server of held) server.close();
    },
  };
}

async function listenIfFree(port: number) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
  });
  return server;
}
