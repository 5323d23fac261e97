#!/usr/bin/env node
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../process/package-root';
import { runCommand } from './run-command';

/** Keeps compiled code beside the code, where no other user can write it. A folder that cannot be written is no error. */
const CODE_CACHE = join(PACKAGE_ROOT, 'dist/code-cache');

async function main(): Promise<number> {
  cacheCode();
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreLostReader);
  if (existsSync('.env')) process.loadEnvFile('.env');
  return runCommand(process.argv.slice(2));
}

/** Node 22 and later load commands faster if the compiled code is kept. */
function cacheCode(): void {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };
  enableCompileCache?.(CODE_CACHE);
}

/** EPIPE: a reader such as `head` has closed the pipe. EIO: the terminal was closed. */
const READER_LOST = ['EPIPE', 'EIO'];

/** A closed pipe (`| head`) must not abort the command. */
function ignoreLostReader(error: NodeJS.ErrnoException): void {
  if (!READER_LOST.includes(error.code ?? '')) throw error;
}

/** Milliseconds for which unfinished work, such as a download, may delay the exit. */
const LINGER_MS = 1_000;

void main().then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(), LINGER_MS).unref();
});
