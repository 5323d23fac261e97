import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { EXIT, ExpectedError } from '../../src/process/expected-error';
import { createLogger } from '../../src/process/logger';
import { benchBeside } from './bench/bench-beside';
import { benchChecking } from './bench/bench-checking';
import { benchCommands } from './bench/bench-commands';
import { benchLarge } from './bench/bench-large';
import type { BenchOptions } from './bench/bench-options';
import { benchPages } from './bench/bench-pages';
import { benchPersisting } from './bench/bench-persisting';
import { benchPruning } from './bench/bench-pruning';
import { benchReading } from './bench/bench-reading';
import { benchStart } from './bench/bench-start';
import { benchSyncs } from './bench/bench-syncs';
import { benchTraces } from './bench/bench-traces';
import { type Report, renderReport } from './bench/report';

/*
 * Measures the speed as ratios to a bare solution on the same machine at the same time. Each part prints a Markdown
 * table. Nothing is asserted, because times depend on the machine.
 */

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<Report>>> = {
  sync: benchSyncs,
  check: benchChecking,
  persist: benchPersisting,
  large: benchLarge,
  beside: benchBeside,
  read: benchReading,
  pages: benchPages,
  prune: benchPruning,
  commands: benchCommands,
  start: benchStart,
  traces: benchTraces,
};
const FEWEST = 1_000;
/** Without `--sizes`, those up to the largest. */
const SIZES = [10, 10_000, 100_000, 1_000_000];

async function main(): Promise<void> {
  const { only, options } = readOptions();
  const [first = '', ...others] = only;
  if (others.length > 0) {
    // Each part has a process of its own, so that no part profits from code that another has loaded and warmed up.
    for (const part of only) await runAlone(part, options);
    return;
  }
  const report = await PARTS[first]?.(options);
  if (report) process.stdout.write(`${renderReport(report)}\n`);
}

async function runAlone(part: string, { largest, sizes, temporal }: BenchOptions): Promise<void> {
  const args = [__filename, '--only', part, '--largest', String(largest), '--sizes', sizes.join(',')];
  if (temporal) args.push('--server', temporal.address);
  if (temporal?.metrics) args.push('--metrics', temporal.metrics);
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
  if (code !== 0) throw new ExpectedError(`The part ${part} ended with ${code}.`, EXIT.failed);
}

function readOptions(): { only: readonly string[]; options: BenchOptions } {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: Object.keys(PARTS).join(',') },
      largest: { type: 'string', default: '100000' },
      sizes: { type: 'string' },
      server: { type: 'string' },
      metrics: { type: 'string' },
    },
  });
  const only = values.only.split(',');
  const unknown = only.find((part) => !Object.hasOwn(PARTS, part));
  if (unknown !== undefined) {
    throw new ExpectedError(
      `--only does not know "${unknown}": name some of ${Object.keys(PARTS).join(',')}.`,
      EXIT.usage,
    );
  }
  const largest = Number(values.largest);
  if (!Number.isInteger(largest) || largest < FEWEST) {
    throw new ExpectedError(`--largest must be a whole number of at least ${FEWEST}.`, EXIT.usage);
  }
  const sizes = values.sizes?.split(',').map(Number) ?? SIZES.filter((size) => size <= largest);
  if (sizes.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new ExpectedError('--sizes must be whole numbers, such as 10,100000.', EXIT.usage);
  }
  const temporal = values.server ? { address: values.server, metrics: values.metrics ?? null } : null;
  return { only, options: { largest, sizes, temporal, log: createLogger('error') } };
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    const expected = error instanceof ExpectedError ? error : null;
    process.stderr.write(`${expected ? expected.message : `The benchmark failed: ${error.stack}`}\n`);
    process.exit(expected?.exitCode ?? EXIT.failed);
  },
);
