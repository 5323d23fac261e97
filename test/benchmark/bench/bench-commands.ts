import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { interleave, median } from './measure';
import { ms, type Report, times } from './report';

const MAIN = join(PACKAGE_ROOT, 'dist/src/cli/main.js');
const REPORT_CPU = join(__dirname, 'report-cpu.js');
const ROUNDS = { rounds: 15, warmUp: 1 };

/** Compares the CPU time of commands that only print with `node -e 0`. */
export async function benchCommands(): Promise<Report> {
  const { bare, help, version, completion } = await interleave(ROUNDS, {
    bare: async () => cpuOf('-e', '0'),
    help: async () => cpuOf(MAIN, '--help'),
    version: async () => cpuOf(MAIN, '--version'),
    completion: async () => cpuOf(MAIN, 'completion', 'bash'),
  });
  const base = median(bare);
  const row = (name: string, figures: readonly number[]) => {
    const took = median(figures);
    return [name, ms(took), ms(base), times(took, base)];
  };
  return {
    title: 'Starting a command',
    notes: [
      `Milliseconds of CPU, user and system, medians of ${ROUNDS.rounds} rounds in turn; the goal for --help and --version is less than 300.`,
    ],
    headings: ['command', 'ours', '`node -e 0`', 'ratio'],
    rows: [
      row('`--help`', help),
      row('`--version`', version),
      row('`completion bash`, which loads every command', completion),
    ],
  };
}

/** Milliseconds of CPU that Node uses with these arguments. */
function cpuOf(...args: string[]): number {
  const { status, output } = spawnSync(process.execPath, ['--require', REPORT_CPU, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')} exited with ${status}`);
  return Number(output[3]) / 1000;
}
