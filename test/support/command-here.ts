import { runCommand } from '../../src/cli/run-command';
import { withOutside } from '../../src/process/outside';
import type { Finished } from './command';
import { leavingNothing } from './leaving-nothing';

/**
 * Runs a command to its end in the process of the test, with these variables and PATH, and no others. A command in its
 * own process takes half a second of CPU time.
 *
 * @throws Error if the command does not close what it opened, or changes the process
 */
export async function runHere(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const output = { stdout: '', stderr: '' };
  const collect = (name: keyof typeof output) => ({
    write: (text: string) => {
      output[name] += text;
    },
  });
  // As npx sets it: advice then names the command `npx provider-sync`.
  const all = { PATH: process.env.PATH, npm_command: 'exec', ...env };
  const outside = {
    env: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
  };
  const code = await leavingNothing(args.join(' '), () => withOutside(outside, () => runCommand(args)));
  return { code, ...output };
}
