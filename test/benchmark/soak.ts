import { parseArgs } from 'node:util';
import { createLogger } from '../../src/process/logger';
import { soakInCalm } from './soak/calm-soak';
import { soakInChaos } from './soak/chaos-soak';
import { render } from './soak/table';

/*
 * Many runs, and a table of what came of them; exits with 1 where it shows a broken promise. With --chaos
 * everything around the runs breaks too: workers, Postgres, Temporal and the ways to them.
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

// Where a soak fails in its middle, its other runs still wait for an end; nothing waits for them.
main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`The soak could not go on: ${error.stack}\n`);
    process.exit(1);
  },
);
