import type { Command } from 'commander';
import { EXIT } from '../process/expected-error';
import { createLogger, type Logger } from '../process/logger';
import { outside } from '../process/outside';
import { type Cleanup, runUntilStopped } from '../process/shutdown';
import { usingTemporal } from '../temporal/connection/using-temporal';
import { bringUp, type LocalServers } from './bring-up';
import { type DemoPlace, demoPlace, holdDemoPlace } from './demo-place';
import { playDemo, type Tell } from './demo-story';
import { describeVerdict, type Observed } from './demo-verdict';
import { say } from './output';
import { startWorkerProcess } from './worker-process';

/** Every call is answered, so that each one that is counted is one that the run needed. */
const NO_FAULTS = { rates: { auth: {}, providers: {} } } as const;

interface Options {
  readonly exit?: boolean;
}

/** `demo` */
export function demoCommand(command: Command): void {
  command
    .option('--exit', 'end after the summary; without it, everything keeps running until Ctrl-C')
    .addHelpText('after', '\nExit codes: 0 as promised, 1 the run did not end as promised.')
    .action(async ({ exit = false }: Options) => {
      const place = demoPlace();
      const { env, logLevel } = place.base;
      const log = createLogger(env.LOG_LEVEL ? logLevel : 'warn');
      await runUntilStopped(log, (cleanup, stop) => demo({ place, exit, log, cleanup, stop }));
    });
}

interface Demo {
  readonly place: DemoPlace;
  readonly exit: boolean;
  readonly log: Logger;
  readonly cleanup: Cleanup;
  readonly stop: Promise<unknown>;
}

async function demo({ place: { base, binDir }, exit, log, cleanup, stop }: Demo): Promise<void> {
  const tell = narrator();
  await holdDemoPlace(base, log, cleanup);
  const servers = await bringUp(base, log, cleanup, { binDir, simulator: NO_FAULTS, report: tell });
  const { url } = await servers.serve(stop);
  tell(`Everything is running, except a worker. Open ${url}`);
  const observed = await Promise.race([play(servers, { url, tell, cleanup }), servers.lost]);
  const { isKept, lines } = describeVerdict(observed);
  say(`\n${lines.join('\n')}\n`);
  if (!isKept) outside().exitCode = EXIT.failed;
  if (exit) return;
  say(`${closingLines(servers, url)}\n`);
  await servers.lost;
}

interface Stage {
  readonly url: string;
  readonly tell: Tell;
  readonly cleanup: Cleanup;
}

function play(servers: LocalServers, { url, tell, cleanup }: Stage): Promise<Observed> {
  const { config } = servers;
  const watching = new AbortController();
  const startWorker = () => startWorkerProcess(config.env, config.dataDir, cleanup);
  const story = usingTemporal(config.temporal, (client) =>
    playDemo({ client, servers, url, tell, startWorker, signal: watching.signal }),
  );
  cleanup.add('the story of the demo', async () => {
    watching.abort();
    // Stop watching before Temporal stops; the caller gets the error.
    await Promise.allSettled([story]);
  });
  return story;
}

/** Prints each line with the seconds since the start. */
function narrator(): Tell {
  const started = performance.now();
  return (line) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(`${seconds.padStart(6)} s  ${line}`);
  };
}

function closingLines({ config, simulator }: LocalServers, url: string): string {
  const places = [
    ['Pages', url],
    ['Temporal UI', config.http.temporalUiUrl ?? 'none'],
    ['Partner', `${simulator?.url ?? ''} (let it fail, and run a sync)`],
    ['Stop', 'Ctrl-C; the data of the demo is removed'],
  ];
  return places.map(([name = '', place = '']) => `  ${name.padEnd(16)}${place}`).join('\n');
}
