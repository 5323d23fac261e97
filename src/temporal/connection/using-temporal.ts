import { type Client, isGrpcServiceError, NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { TransportError } from '@temporalio/worker';
import type { TemporalConfig } from '../../process/config';
import { EXIT, ExpectedError } from '../../process/expected-error';
import { PayloadKeyMissingError } from '../payloads/payload-codec';
import { connectClient } from './connection';

/**
 * Connects to Temporal for the duration of a command.
 *
 * @throws ExpectedError if Temporal is unavailable, is lost meanwhile or refuses, or if a payload key is missing
 */
export async function usingTemporal<T>(
  config: TemporalConfig,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connectClient(config);
  try {
    return await expectingTemporal(config, () => use(client));
  } finally {
    await client.connection.close();
  }
}

/** @throws ExpectedError if the action fails because Temporal is unavailable or refuses, or a payload key is missing */
export async function expectingTemporal<T>(config: TemporalConfig, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof PayloadKeyMissingError) {
      throw new ExpectedError(error.message, EXIT.usage, { cause: error });
    }
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw new ExpectedError(
      `Temporal at ${config.connection.address} did not answer as expected (${reason}). Check that it is running, and check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.`,
      EXIT.usage,
      { cause: error },
    );
  }
}

function reasonOf(error: unknown): string | undefined {
  if (isGrpcServiceError(error)) return error.details;
  if (error instanceof NamespaceNotFoundError || error instanceof WorkflowNotFoundError) return error.message;
  if (error instanceof ServiceError) return reasonOf(error.cause) ?? error.message;
  // The message ends with a dump of the whole answer.
  return error instanceof TransportError ? error.message.split(': Status {')[0] : undefined;
}
