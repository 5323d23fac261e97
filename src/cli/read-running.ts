import { type RunProgress, readProgress } from '../operations/read-progress';
import { readPartnersFile } from '../partner/config/partners-file';
import { loadConfig } from '../process/config';
import { ExpectedError } from '../process/expected-error';
import { createLogger } from '../process/logger';
import type { Run } from '../store/runs/run-row';
import { lazyClient } from '../temporal/connection/connection';

/** What a running run does now; null if Temporal or partners.yaml cannot be read. */
export async function readRunning(run: Run): Promise<RunProgress | null> {
  try {
    const { temporal, logLevel, partnersFile, env } = loadConfig(['temporal']);
    const partners = readPartnersFile(partnersFile, env);
    const client = lazyClient(temporal);
    try {
      return await readProgress({ client, partners, log: createLogger(logLevel) }, run);
    } finally {
      await client.connection.close();
    }
  } catch (error) {
    if (error instanceof ExpectedError) return null;
    throw error;
  }
}
