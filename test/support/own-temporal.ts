import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { startProgram } from './command';

/** A dev server of a test's own, with settings of its own. */
export interface OwnTemporal {
  /** `host:port` */
  readonly address: string;
  end(): Promise<void>;
}

/** @param settings of Temporal's dynamic configuration, each as `key=JSON` */
export async function startOwnTemporal(...settings: readonly string[]): Promise<OwnTemporal> {
  const port = await freePort();
  const server = startProgram(process.env.TEMPORAL_CLI_PATH ?? '', [
    ...['server', 'start-dev', '--headless', '--log-level', 'error'],
    ...['--ip', '127.0.0.1', '--port', String(port)],
    ...settings.flatMap((setting) => ['--dynamic-config-value', setting]),
  ]);
  await server.says(/Server/);
  return {
    address: `127.0.0.1:${port}`,
    async end() {
      await server.end('SIGTERM');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
