import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningCommand } from './command';
import type { Scenario } from './scenario';

/**
 * Starts a worker process with its own partners.yaml.
 *
 * @param partners the text of the file; the worker reads it once
 * @param changes of its environment
 */
export async function startWorkerWithPartners(
  scenario: Scenario,
  partners: string,
  changes: NodeJS.ProcessEnv = {},
): Promise<RunningCommand> {
  const folder = await mkdtemp(join(tmpdir(), 'provider-sync-partners-'));
  const PARTNERS_FILE = join(folder, 'partners.yaml');
  await writeFile(PARTNERS_FILE, partners);
  try {
    return await scenario.startWorker(undefined, { ...changes, PARTNERS_FILE });
  } finally {
    await rm(folder, { recursive: true });
  }
}
