import type { Client } from '@temporalio/client';
import type { Partners } from '../partner/config/partner';
import { readPartnersFile } from '../partner/config/partners-file';
import type { BaseConfig, Needs } from '../process/config';
import { usingTemporal } from '../temporal/connection/using-temporal';

const TIMEOUT_MS = 30_000;

/** Temporal, and the partners whose schedules it runs. */
export interface Scheduling {
  readonly client: Client;
  readonly taskQueue: string;
  readonly partners: Partners;
}

/**
 * Connects to Temporal for the time of an operation on schedules.
 *
 * @throws ExpectedError if partners.yaml has mistakes, or Temporal is unavailable or refuses
 */
export function usingSchedules<T>(
  { partnersFile, env, temporal }: BaseConfig & Pick<Needs, 'temporal'>,
  use: (scheduling: Scheduling) => Promise<T>,
): Promise<T> {
  const partners = readPartnersFile(partnersFile, env);
  return usingTemporal(temporal, (client) =>
    client.withDeadline(Date.now() + TIMEOUT_MS, () =>
      use({ client, taskQueue: temporal.taskQueue, partners }),
    ),
  );
}
