import { type Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../process/config';
import { createLogger } from '../process/logger';
import { outside } from '../process/outside';
import { shutdownRequested } from '../process/shutdown';
import { MAX_RECORDS } from '../simulator/family/member-settings';
import { startSimulator } from '../simulator/simulator';

/** The port that the simulator prefers. */
export const SIMULATOR_PORT = 4010;

interface Options {
  port: number;
  host?: string;
  seed?: number;
  hangMs?: number;
  records?: number;
  pages?: string;
}

/** `simulator` */
export function simulatorCommand(command: Command): void {
  command
    .option('--host <address>', 'the address to listen on (127.0.0.1); everyone who reaches it can use it')
    .option('--port <port>', 'the port to listen on', whole(0, 65_535), SIMULATOR_PORT)
    .option('--seed <number>', 'repeat the same faults and answers', whole(0, 2 ** 32 - 1))
    .option(
      '--hang-ms <milliseconds>',
      'how long an answer that hangs stays silent (30000)',
      whole(0, 3_600_000),
    )
    .option(
      '--records <number>',
      'how many records each partner beside Noteworth has (1000)',
      whole(0, MAX_RECORDS),
    )
    .option(
      '--pages <address>',
      "the address of Provider Sync's pages, such as http://127.0.0.1:3000; calls are then linked to their runs",
      pagesAddress,
    )
    .action(async (options: Options) => {
      const log = createLogger(loadConfig([]).logLevel);
      const simulator = await startSimulator(options);
      outside().stdout.write(`The simulated partner listens on ${simulator.url} (open it for a page)\n`);
      await shutdownRequested(log);
      await simulator.close();
    });
}

function pagesAddress(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search) return url.origin;
  throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:3000.');
}

function whole(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() === '' || !Number.isInteger(number) || number < minimum || number > maximum) {
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
    }
    return number;
  };
}
