import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/process/package-root';

/* A program that loads the modules of all commands and ends. With `code-cache` preloaded, it writes their compiled code. */

const COMMANDS = join(PACKAGE_ROOT, 'dist/src/cli');
/** The modules of a worker's thread for workflows. */
const THREAD = ['vm', 'reusable-vm'].map((name) => `@temporalio/worker/lib/workflow/${name}`);

for (const name of readdirSync(COMMANDS)) {
  // The command itself would run.
  if (name.endsWith('.js') && name !== 'main.js') require(join(COMMANDS, name));
}
for (const name of THREAD) require(name);
process.exit();
