import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file that this user alone can read. It appears whole or not at all, even if the process is killed. */
export function writeSecretFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}
