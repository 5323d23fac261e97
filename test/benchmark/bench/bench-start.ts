import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalPostgres } from '../../../src/local/postgres';
import { findTemporalCli } from '../../../src/local/temporal-binaries';
import { startLocalTemporal } from '../../../src/local/temporal-server';
import type { Logger } from '../../../src/process/logger';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import type { BenchOptions } from './bench-options';
import { median, timed } from './measure';
import { ms, type Report, times } from './report';

const MAIN = join(PACKAGE_ROOT, 'dist/src/cli/main.js');
const ROUNDS = 3;
/** The last line that `dev` prints, after its first sync has succeeded. */
const LAST_LINE = /succeeded[\s\S]*Stop +Ctrl-C/;
const START_WITHIN_MS = 120_000;

/** Compares `npm start` up to its first sync with the start of its Postgres and Temporal alone. */
export async function benchStart({ log }: BenchOptions): Promise<Report> {
  const { path } = await findTemporalCli({ cacheDir: join(PACKAGE_ROOT, '.provider-sync/bin'), log });
  const figures = { ours: [] as number[][], bare: [] as number[][] };
  for (let round = 0; round < ROUNDS; round += 1) {
    figures.bare.push(await startTwice((dataDir) => startServers(dataDir, path, log)));
    figures.ours.push(await startTwice((dataDir) => startDev(dataDir, path)));
  }
  const row = (name: string, which: number) => {
    const of = (side: number[][]) => median(side.map((pair) => pair[which] ?? Number.NaN));
    return [name, ms(of(figures.ours)), ms(of(figures.bare)), times(of(figures.ours), of(figures.bare))];
  };
  return {
    title: '`npm start` up to the first sync',
    notes: [
      `Milliseconds, medians of ${ROUNDS} rounds in turn; the goals are 8000 and 5000. Ours is the start of the built`,
      'program until its first sync has succeeded, with the two retries that it shows: they wait for about a second and a half.',
      'The other figure is the start of Postgres and Temporal alone.',
    ],
    headings: ['start', 'ours', 'servers alone', 'ratio'],
    rows: [row('in an empty folder', 0), row('with the state of an earlier start', 1)],
  };
}

/** Starts in a new folder, stops, and starts in it again. Both times in milliseconds. */
async function startTwice(start: (dataDir: string) => Promise<() => Promise<unknown>>): Promise<number[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'provider-sync-bench-'));
  // The account of the embedded Postgres must be able to enter it.
  await chmod(dataDir, 0o755);
  try {
    const times: number[] = [];
    for (let count = 0; count < 2; count += 1) {
      let stop: () => Promise<unknown> = async () => undefined;
      times.push(
        await timed(async () => {
          stop = await start(dataDir);
        }),
      );
      await stop();
    }
    return times;
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @returns what stops them */
async function startServers(
  dataDir: string,
  executable: string,
  log: Logger,
): Promise<() => Promise<unknown>> {
  const servers = await Promise.all([
    startLocalPostgres({ dataDir, database: 'bench', log }),
    startLocalTemporal({ executable, dataDir, ui: true, log }),
  ]);
  return () => Promise.all(servers.map((server) => server.stop()));
}

/** @returns what stops it */
async function startDev(dataDir: string, executable: string): Promise<() => Promise<unknown>> {
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: dataDir,
    TEMPORAL_CLI_PATH: executable,
    // So rare that no other sync disturbs.
    NOTEWORTH_SYNC_EVERY: '366d',
  };
  const child = spawn(process.execPath, [MAIN, 'dev'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  await saysLastLine(child);
  return () => {
    child.kill('SIGINT');
    return ended;
  };
}

/** Waits until the first sync has succeeded. */
function saysLastLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => child.kill('SIGINT'), START_WITHIN_MS);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (!LAST_LINE.test(output)) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`npm start ended with ${code} before its first sync succeeded:\n${output}`));
    });
  });
}
