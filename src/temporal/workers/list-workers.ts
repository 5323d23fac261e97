import type { Client } from '@temporalio/client';
import { TIMEOUTS } from '../../contract/timeouts';
import { matchWorkers, type SeenWorker } from './match-workers';
import { readHeartbeats } from './read-heartbeats';
import { readPolls } from './read-polls';

/**
 * The workers of the task queue that Temporal has seen recently, running or lost, by their heartbeats. If the server
 * keeps no heartbeats, or a worker's clock is wrong, their requests for work count: an idle worker sends one about
 * every minute. A worker that has reported its shutdown is left out.
 */
export async function listWorkers(client: Client, taskQueue: string): Promise<SeenWorker[]> {
  const [heartbeats, polls] = await Promise.all([
    readHeartbeats(client, taskQueue),
    readPolls(client, taskQueue),
  ]);
  const now = Date.now();
  const identities = new Set([...polls.keys(), ...heartbeats.map(({ identity }) => identity)]);
  return [...identities].flatMap((identity) =>
    matchWorkers({
      identity,
      heartbeats: heartbeats.filter((each) => each.identity === identity),
      polledAt: polls.get(identity) ?? 0,
      now,
    }),
  );
}

/** Whether a worker was seen recently enough to count as running. */
export function isPolling({ lastSeenAt }: Pick<SeenWorker, 'lastSeenAt'>): boolean {
  return Date.now() - lastSeenAt <= TIMEOUTS.workerSeen;
}
