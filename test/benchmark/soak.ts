import { parseArgs } from 'node:util';
import { createLogger } from '../../src/process/logger';
import { soakInCalm } from './soak/calm-soak';
import { soakInChaos } from './soak/chaos-soak';
import { render } from './soak/table';

/*
 * Executes many runs and prints a table of their results. Exits with 1 if a promise was broken. With --chaos, faults
 * also strike workers, Postgres, Temporal and the connections to them.
 */

const { values } = parseArgs({
  options: {
    chaos: { type: 'boolean', default: false },
    runs: { type: 'string' },
    partners: { type: 'string' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '20' },
    keep: { type: 'string' },
  },
});

async function main(): Promise<number> {
  const { chaos } = values;
  const options = {
    runs: Number(values.runs ?? (chaos ? 600 : 200)),
    partners: Number(values.partners ?? (chaos ? 4 : 2)),
    seed: Number(values.seed),
    log: createLogger('error'),
  };
  const lines = chaos
    ? await soakInChaos({
        ...options,
        minutes: Number(values.minutes),
        keep: values.keep,
        tell: (progress) => process.stderr.write(`${new Date().toISOString()} ${progress}\n`),
      })
    : await soakInCalm(options);
  process.stdout.write(render(lines));
  return lines.some(({ broken }) => broken) ? 1 : 0;
}

// If a soak fails, its other runs may still be running. The exit does not wait for them.
main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`The soak failed: ${error.stack}\n`);
    process.exit(1);
  },
);
