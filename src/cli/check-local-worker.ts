import { hostname } from 'node:os';
import { askTemporal } from '../operations/ask-temporal';
import { loadConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { usingTemporal } from '../temporal/connection/using-temporal';
import { listWorkers } from '../temporal/workers/list-workers';
import { say, writeJson } from './output';

/**
 * The health check of a worker's container.
 *
 * @throws ExpectedError if Temporal has not seen a worker of this host within that time
 */
export async function checkLocalWorker(withinSeconds: number, json = false): Promise<void> {
  const { temporal } = loadConfig(['temporal']);
  const workers = await usingTemporal(temporal, (client) =>
    askTemporal(client, () => listWorkers(client, temporal.taskQueue)),
  );
  const here = workers.filter(({ identity }) => identity.endsWith(`@${hostname()}`));
  const secondsAgo = (Date.now() - Math.max(...here.map(({ lastSeenAt }) => lastSeenAt))) / 1000;
  if (!(secondsAgo <= withinSeconds)) {
    throw new ExpectedError(
      `no worker of ${hostname()} has polled the task queue ${temporal.taskQueue} for ${withinSeconds} s; its log says why`,
      EXIT.failed,
    );
  }
  const polledSecondsAgo = Math.max(0, Math.round(secondsAgo));
  if (json) writeJson({ host: hostname(), polledSecondsAgo });
  else say(`A worker of ${hostname()} polled ${polledSecondsAgo} s ago.`);
}
