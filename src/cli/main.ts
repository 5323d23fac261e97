#!/usr/bin/env node
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { EXIT } from '../process/expected-error';
import { PACKAGE_ROOT } from '../process/package-root';
import { runCommand } from './run-command';

/** Keeps compiled code beside the code, where no other user can write it. A folder that cannot be written is no error. */
const CODE_CACHE = join(PACKAGE_ROOT, 'dist/code-cache');

async function main(): Promise<number> {
  cacheCode();
  const output = watchOutput();
  if (existsSync('.env')) process.loadEnvFile('.env');
  const code = await runCommand(process.argv.slice(2));
  const lost = await output.lost();
  if (lost === null || code !== EXIT.done) return code;
  process.stderr.write(`provider-sync: The output could not be written: ${lost}\n`);
  return EXIT.failed;
}

/** Node 22 and later load commands faster if the compiled code is kept. */
function cacheCode(): void {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };
  enableCompileCache?.(CODE_CACHE);
}

/** EPIPE: a reader such as `head` has closed the pipe. EIO: the terminal was closed. */
const READER_LOST = ['EPIPE', 'EIO'];

/** Lets the command continue if its output cannot be written. Without a listener, the error would end the process. */
function watchOutput() {
  let lost: string | null = null;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A closed pipe (`| head`) is no failure.
    if (!READER_LOST.includes(error.code ?? '')) lost ??= error.message;
  });
  // An error about this output cannot be reported.
  process.stderr.on('error', () => undefined);
  return {
    /** Waits until the result was read, and returns why output was lost; null if none was. */
    async lost(): Promise<string | null> {
      await taken(process.stdout);
      // The stream reports an error after the write.
      await setImmediate();
      return lost;
    },
  };
}

/** Resolves when the reader of a pipe has taken all that was written, or has closed the pipe. */
function taken(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

/** Milliseconds for which unfinished work, such as a download or a line of the log, may delay the exit. */
const LINGER_MS = 1_000;

void main().then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(), LINGER_MS).unref();
});
