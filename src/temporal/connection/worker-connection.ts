import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { TemporalConfig } from '../../process/config';
import { clientOptions, unreachable } from './connection';

/*
 * Apart from the connection of a client: only a worker needs the package of workers, which takes a third of a second of
 * CPU time to load.
 */

/**
 * The connection of a worker. The SDK's core sets a deadline for each request and stops connecting after 30 s.
 *
 * @throws ExpectedError if Temporal cannot be reached
 */
export async function connectWorker(config: TemporalConfig): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(config.connection);
  } catch (error) {
    throw await unreachable(config, error);
  }
}

/**
 * A client on the connection of a worker in the same process. A run that it starts begins at once on that worker: Temporal
 * sends the first task with the answer to the start.
 */
export function workerClient(connection: NativeConnection, config: TemporalConfig): Client {
  return new Client({ connection, ...clientOptions(config) });
}
