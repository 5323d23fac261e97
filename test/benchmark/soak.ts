import { parseArgs } from 'node:util';
import { createLogger } from '../../src/process/logger';
import { soakInCalm } from './soak/calm-soak';
import { soakInChaos } from './soak/chaos-soak';
import { soakPages } from './soak/paged-soak';
import { type Line, render } from './soak/table';

/*
 * Executes many runs and prints a table of their results. Exits with 1 if a promise was broken. With --chaos, faults
 * also strike workers, Postgres, Temporal and the connections to them. With --pages, it executes one run with this number
 * of pages instead, while worker, Postgres and Temporal are killed.
 */

const { values } = parseArgs({
  options: {
    chaos: { type: 'boolean', default: false },
    pages: { type: 'string' },
    runs: { type: 'string' },
    partners: { type: 'string' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '20' },
    keep: { type: 'string' },
  },
});

const tell = (progress: string) => process.stderr.write(`${new Date().toISOString()} ${progress}\n`);

async function main(): Promise<number> {
  const lines = await soak();
  process.stdout.write(render(lines));
  return lines.some(({ broken }) => broken) ? 1 : 0;
}

function soak(): Promise<Line[]> {
  const { chaos, pages, runs, partners, keep } = values;
  const [seed, minutes] = [Number(values.seed), Number(values.minutes)];
  if (pages !== undefined) return soakPages({ pages: Number(pages), seed, minutes, tell });
  const options = {
    runs: Number(runs ?? (chaos ? 600 : 200)),
    partners: Number(partners ?? (chaos ? 5 : 2)),
    seed,
    log: createLogger('error'),
  };
  return chaos ? soakInChaos({ ...options, minutes, keep, tell }) : soakInCalm(options);
}

// If a soak fails, its other runs may still be running. The exit does not wait for them.
main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`The soak failed: ${error.stack}\n`);
    process.exit(1);
  },
);
