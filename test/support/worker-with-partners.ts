import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningCommand } from './command';
import type { Scenario } from './scenario';
import type { WorkerHere } from './worker-here';

/**
 * Starts a worker process with its own partners.yaml.
 *
 * @param partners the text of the file; the worker reads it once
 * @param changes of its environment
 */
export function startWorkerWithPartners(
  scenario: Scenario,
  partners: string,
  changes: NodeJS.ProcessEnv = {},
): Promise<RunningCommand> {
  return withPartnersFile(partners, (PARTNERS_FILE) =>
    scenario.startWorker(undefined, { ...changes, PARTNERS_FILE }),
  );
}

/** The same in the process of the test. */
export function startWorkerHereWithPartners(scenario: Scenario, partners: string): Promise<WorkerHere> {
  return withPartnersFile(partners, (PARTNERS_FILE) => scenario.startWorkerHere({ PARTNERS_FILE }));
}

/** Writes a partners.yaml for the time of an act. */
async function withPartnersFile<T>(partners: string, act: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'provider-sync-partners-'));
  const file = join(folder, 'partners.yaml');
  await writeFile(file, partners);
  try {
    return await act(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}
