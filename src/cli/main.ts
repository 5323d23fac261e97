#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { EXIT, ExpectedError } from '../process/expected-error';
import { devCommand } from './dev';
import { doctorCommand } from './doctor';
import { migrateCommand } from './migrate';
import { providersCommand } from './providers';
import { runsCommand } from './runs';
import { simulatorCommand } from './simulator';
import { syncCommand } from './sync';
import { workerCommand } from './worker';

async function main(): Promise<number> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const program = new Command('provider-sync')
    .description("Keeps a directory of a partner's providers, through an API that fails now and then.")
    .showHelpAfterError('(see provider-sync --help)');
  for (const add of [
    devCommand,
    workerCommand,
    migrateCommand,
    simulatorCommand,
    syncCommand,
    runsCommand,
    providersCommand,
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

/** Says what went wrong in one line, and returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const debug = ['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '');
  const message =
    error instanceof Error ? (debug ? (error.stack ?? error.message) : error.message) : String(error);
  process.stderr.write(`provider-sync: ${message}\n`);
  return error instanceof ExpectedError ? error.exitCode : EXIT.failed;
}

function forEachCommand(command: Command, act: (command: Command) => void): void {
  act(command);
  for (const child of command.commands) forEachCommand(child, act);
}

void main().then((code) => {
  process.exitCode = code;
});
