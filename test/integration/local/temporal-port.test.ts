import { access, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { type LocalTemporal, startLocalTemporal } from '../../../src/local/temporal-server';
import { type OwnTemporal, startTemporalAt } from '../../support/own-temporal';
import { until } from '../../support/scenario';
import { unusedPort } from '../../support/unused-port';

let dir: string;
let other: OwnTemporal | undefined;
let ours: Promise<LocalTemporal> | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'provider-sync-port-'));
});
afterEach(async () => {
  await writeFile(join(dir, 'go'), '');
  await ours?.then(
    (temporal) => temporal.stop(),
    () => undefined,
  );
  await other?.end();
  await rm(dir, { recursive: true, maxRetries: 5 });
});

/** Temporal's CLI as a script, which starts the server as a process of its own once the file `go` exists. */
async function delayedCli(): Promise<string> {
  const script = join(dir, 'temporal');
  const lines = [
    '#!/bin/sh',
    `touch '${join(dir, 'called')}'`,
    `until [ -e '${join(dir, 'go')}' ]; do sleep 0.1; done`,
    `'${process.env.TEMPORAL_CLI_PATH}' "$@" & server=$!`,
    `trap 'kill "$server"' TERM`,
    // The first one ends with a signal, too.
    'wait; wait',
  ];
  await writeFile(script, lines.join('\n'));
  await chmod(script, 0o700);
  return script;
}

const exists = (name: string) =>
  access(join(dir, name)).then(
    () => true,
    () => false,
  );

describe('a Temporal server of our own', () => {
  it('is never one that took the chosen port first', async () => {
    const port = await unusedPort();
    const started = startLocalTemporal({
      executable: await delayedCli(),
      dataDir: null,
      ui: false,
      preferredPort: port,
      log: pino({ enabled: false }),
    });
    ours = started;
    await until(() => exists('called'));
    other = await startTemporalAt(async () => port);
    await writeFile(join(dir, 'go'), '');
    expect((await started).address).not.toBe(other.address);
  });
});
