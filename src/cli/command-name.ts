import { realpathSync } from 'node:fs';
import { basename, delimiter, join, relative } from 'node:path';
import { outside } from '../process/outside';

/** How this process was called. */
interface Call {
  /** The script that Node runs. */
  readonly script: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

const NAME = 'provider-sync';
/** The command in the advice that all parts of the project give. */
const WRITTEN = /npx provider-sync\b|(?<=`)provider-sync(?= )/g;

/** The text with the command named as the user called it, so that advice can be pasted. */
export function asCalled(text: string): string {
  return text.replace(WRITTEN, () => commandName());
}

/** The command as it was called: through npm, by its name on the PATH as in the container, or through Node. */
export function commandName(call: Call = currentCall()): string {
  const { script, env, cwd } = call;
  if (env.npm_command !== undefined) return `npx ${NAME}`;
  if (basename(script) === NAME || isOnPath(script, env)) return NAME;
  const path = relative(cwd, script);
  return `node ${path.length < script.length ? path : script}`;
}

function currentCall(): Call {
  return { script: process.argv[1] ?? '', env: outside().env, cwd: process.cwd() };
}

function isOnPath(script: string, { PATH = '' }: NodeJS.ProcessEnv): boolean {
  const target = realPath(script);
  return PATH.split(delimiter).some((folder) => target !== null && realPath(join(folder, NAME)) === target);
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
