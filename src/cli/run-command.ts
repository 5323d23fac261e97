import { type Command, CommanderError, type OutputConfiguration } from 'commander';
import { EXIT, ExpectedError } from '../process/expected-error';
import { outside } from '../process/outside';
import { asCalled, commandName } from './command-name';
import { createProgram } from './commands';

/**
 * Runs a command to its end. It reports an error in one line.
 *
 * @param words of the command line, without Node and the script
 * @returns the exit code
 */
export async function runCommand(words: readonly string[]): Promise<number> {
  const program = createProgram(words).showHelpAfterError(`(see ${commandName()} --help)`);
  forEachCommand(program, (command) => command.exitOverride().configureOutput(OUTPUT));
  try {
    await program.parseAsync(words, { from: 'user' });
    return Number(outside().exitCode ?? EXIT.done);
  } catch (error) {
    return report(error);
  }
}

/** Where commander writes help and errors, and the width of the terminal. */
const OUTPUT: OutputConfiguration = {
  writeOut: (text) => void outside().stdout.write(text),
  writeErr: (text) => void outside().stderr.write(text),
  getOutHelpWidth: () => outside().stdout.columns ?? 80,
  getErrHelpWidth: () => outside().stderr.columns ?? 80,
};

/** Reports the error in one line, and returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { env, stderr } = outside();
  const debug = ['debug', 'trace'].includes(env.LOG_LEVEL ?? '');
  stderr.write(`provider-sync: ${asCalled(debug ? stacksOf(error) : messageOf(error))}\n`);
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
