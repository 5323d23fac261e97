import type { Client } from '@temporalio/client';
import type { Partners } from '../partner/config/partner';
import { readPartnersFile } from '../partner/config/partners-file';
import type { BaseConfig, Needs } from '../process/config';
import { usingTemporal } from '../temporal/connection/using-temporal';

const TIMEOUT_MS = 30_000;

/** What schedules are made from, and where. */
export interface Scheduling {
  readonly client: Client;
  readonly taskQueue: string;
  readonly partners: Partners;
}

/**
 * Connects to Temporal for as long as something is done with schedules.
 *
 * @throws ExpectedError where partners.yaml has mistakes, or Temporal is away or refuses
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
