import { startProgram } from './command';
import { unusedPort } from './unused-port';

/** Starts are repeated: a dev server exits if another process takes a port that it had found free. */
const START_TRIES = 3;

/** A dev server of a test's own, with settings of its own. */
export interface OwnTemporal {
  /** `host:port` */
  readonly address: string;
  end(): Promise<void>;
}

/** @param settings of Temporal's dynamic configuration, each as `key=JSON` */
export function startOwnTemporal(...settings: readonly string[]): Promise<OwnTemporal> {
  return startTemporalAt(unusedPort, settings);
}

/** The same, at a port of the caller's choice. */
export async function startTemporalAt(
  choosePort: () => Promise<number>,
  settings: readonly string[] = [],
): Promise<OwnTemporal> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(await choosePort(), settings);
    } catch (error) {
      if (attempt === START_TRIES) throw error;
    }
  }
}

async function startOnce(port: number, settings: readonly string[]): Promise<OwnTemporal> {
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
