#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { EXIT, ExpectedError } from '../process/expected-error';
import { apiCommand } from './api';
import { devCommand } from './dev';
import { doctorCommand } from './doctor';
import { migrateCommand } from './migrate';
import { providersCommand } from './providers';
import { runsCommand } from './runs';
import { schedulesCommand } from './schedules';
import { simulatorCommand } from './simulator';
import { syncCommand } from './sync';
import { tokensCommand } from './tokens';
import { workerCommand } from './worker';

async function main(): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreLostReader);
  if (existsSync('.env')) process.loadEnvFile('.env');
  const program = new Command('provider-sync')
    .description("Keeps a directory of a partner's providers, through an API that fails now and then.")
    .showHelpAfterError('(see provider-sync --help)');
  for (const add of [
    devCommand,
    workerCommand,
    apiCommand,
    migrateCommand,
    simulatorCommand,
    syncCommand,
    runsCommand,
    providersCommand,
    tokensCommand,
    schedulesCommand,
    doctorCommand,
  ]) {
    add(program);
  }
  forEachCommand(program, (command) => command.exitOverride());
  try {
    await program.parseAsync();
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    return report(error);
  }
}

/** EPIPE: a reader such as `head` has seen enough. EIO: the terminal was closed. */
const READER_LOST = ['EPIPE', 'EIO'];

/** That nobody reads on must not end a command halfway. */
function ignoreLostReader(error: NodeJS.ErrnoException): void {
  if (!READER_LOST.includes(error.code ?? '')) throw error;
}

/** Says what went wrong in one line, and returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const debug = ['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '');
  process.stderr.write(`provider-sync: ${debug ? stacksOf(error) : messageOf(error)}\n`);
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

/** Milliseconds that whatever a command left under way, such as a download, may keep the process. */
const LINGER_MS = 1_000;

void main().then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(), LINGER_MS).unref();
});
