#!/usr/bin/env node
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { join } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { EXIT, ExpectedError } from '../process/expected-error';
import { PACKAGE_ROOT } from '../process/package-root';
import { asCalled, commandName } from './command-name';
import { createProgram } from './commands';

/** Keeps compiled code beside the code, where no other user can write it. A folder that cannot be written is no error. */
const CODE_CACHE = join(PACKAGE_ROOT, 'dist/code-cache');

async function main(): Promise<number> {
  cacheCode();
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreLostReader);
  if (existsSync('.env')) process.loadEnvFile('.env');
  const program = createProgram(process.argv.slice(2)).showHelpAfterError(`(see ${commandName()} --help)`);
  forEachCommand(program, (command) => command.exitOverride());
  try {
    await program.parseAsync();
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    return report(error);
  }
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

/** Reports the error in one line, and returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const debug = ['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '');
  process.stderr.write(`provider-sync: ${asCalled(debug ? stacksOf(error) : messageOf(error))}\n`);
  return error instanceof ExpectedError ? error.exitCode : EXIT.failed;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stacksOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The native part of Temporal's worker throws errors without a stack.
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\ncaused by ${stacksOf(error.cause)}`;
}

function forEachCommand(command: Command, act: (command: Command) => void): void {
  act(command);
  for (const child of command.commands) forEachCommand(child, act);
}

/** Milliseconds for which unfinished work, such as a download, may delay the exit. */
const LINGER_MS = 1_000;

void main().then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(), LINGER_MS).unref();
});
