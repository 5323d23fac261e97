import { createInterface } from 'node:readline';
import { lockDataDir } from '../../src/local/data-dir-lock';

/**
 * A process that locks each data directory that a line of its input names, until its input ends. It answers each with
 * a line: `taken`, or why not.
 */
async function contend(): Promise<void> {
  for await (const dataDir of createInterface(process.stdin)) {
    const outcome = await lockDataDir(dataDir).then(
      () => 'taken',
      (error: Error) => error.message,
    );
    process.stdout.write(`${outcome}\n`);
  }
}

void contend();
