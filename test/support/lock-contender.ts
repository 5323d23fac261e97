import { createInterface } from 'node:readline';
import { lockDataDir } from '../../src/local/data-dir-lock';

/**
 * A process that reads the path of a data directory from each line of its input and locks it. It answers each line with
 * `taken`, or with the reason for which it failed. It releases the locks at the end of its input.
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
