import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { killCommands, MAIN, type RunningCommand, startProgram } from '../../support/command';
import { until } from '../../support/scenario';
import { unusedPort } from '../../support/unused-port';

/** A device that is always full. Only Linux has it. */
const FULL = '/dev/full';
const onLinux = existsSync(FULL) ? it : it.skip;

afterAll(killCommands);

/** Starts the command in a shell that redirects its output. */
function start(words: string, redirection: string, env: NodeJS.ProcessEnv = {}): RunningCommand {
  const script = `exec "$0" "$1" ${words} ${redirection}`;
  return startProgram('sh', ['-c', script, process.execPath, MAIN], env);
}

async function isAnswering(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

describe('a command whose output is full', () => {
  onLinux('says so in one line and fails, if it is the result', async () => {
    const { code, stderr } = await start('partners schema', `> ${FULL}`).ended;
    expect(stderr).toBe(
      'provider-sync: The output could not be written: ENOSPC: no space left on device, write\n',
    );
    expect(code).toBe(1);
  });

  onLinux('keeps the exit code of a failure', async () => {
    const { code } = await start('runs nonsense', `> ${FULL} 2> ${FULL}`).ended;
    expect(code).toBe(2);
  });

  onLinux('prints the result, if it is that of the messages', async () => {
    const { code, stdout } = await start('partners schema', `2> ${FULL}`).ended;
    expect(JSON.parse(stdout)).toHaveProperty('properties');
    expect(code).toBe(0);
  });

  onLinux('serves requests and ends in order, if it is the log of the API', async () => {
    const port = await unusedPort();
    const api = start('api', `2> ${FULL}`, {
      HTTP_PORT: String(port),
      DATA_DIR: tmpdir(),
      DATABASE_URL: process.env.TEST_DATABASE_URL,
      TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
      PAYLOAD_KEYS: `a:${Buffer.alloc(32).toString('base64')}`,
    });
    await until(() => isAnswering(`http://127.0.0.1:${port}/healthz`));
    expect(await api.end('SIGTERM')).toMatchObject({ code: 0 });
  });
});

/** Fills a pipe almost, and runs the command after that. Its reader starts to read after longer than a command lingers. */
function startWithLateReader(words: string): RunningCommand {
  const script = `{ printf '%60000s' ''; exec "$0" "$1" ${words}; } | { sleep 4; cat; }`;
  return startProgram('sh', ['-c', script, process.execPath, MAIN]);
}

describe('a command whose result is read late', () => {
  it('ends when all was read', async () => {
    const { stdout } = await startWithLateReader('partners schema').ended;
    expect(JSON.parse(stdout)).toHaveProperty('properties');
  });

  it('ends when the reader closes the pipe', async () => {
    const script = `{ printf '%60000s' ''; "$0" "$1" partners schema; echo "$?" >&2; } | { sleep 4; }`;
    const { stderr } = await startProgram('sh', ['-c', script, process.execPath, MAIN]).ended;
    expect(stderr).toBe('0\n');
  });
});
