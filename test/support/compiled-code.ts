import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/process/package-root';

const inDist = (name: string) => join(PACKAGE_ROOT, `dist/test/support/${name}.js`);
const PRELOAD = `--require=${JSON.stringify(inDist('code-cache'))}`;

/** The compiled code of all commands, in a folder of its own. */
export interface CompiledCode {
  remove(): Promise<void>;
}

/**
 * Compiles the modules of all commands once, for the commands that the tests start ({@link compiledCode}). Not on Node
 * 22 and later, where commands keep their compiled code themselves, and not before a build.
 */
export async function writeCompiledCode(): Promise<CompiledCode | null> {
  if ('enableCompileCache' in nodeModule || !existsSync(inDist('load-commands'))) return null;
  const folder = await mkdtemp(join(tmpdir(), 'provider-sync-code-'));
  const program = spawn(process.execPath, [inDist('load-commands')], {
    env: { PATH: process.env.PATH, NODE_OPTIONS: PRELOAD, CODE_CACHE_WRITE: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(program, 'exit');
  if (code === 0) process.env.TEST_CODE_CACHE = folder;
  return { remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The variables with which a command loads compiled code; none if it was not written. */
export function compiledCode(): NodeJS.ProcessEnv {
  const folder = process.env.TEST_CODE_CACHE;
  return folder ? { NODE_OPTIONS: PRELOAD, CODE_CACHE_READ: folder } : {};
}
