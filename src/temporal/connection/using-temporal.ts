import type { Client } from '@temporalio/client';
import type { TemporalConfig } from '../../process/config';
import { EXIT, ExpectedError } from '../../process/expected-error';
import { PayloadKeyMissingError } from '../payloads/payload-codec';
import { connectClient } from './connection';
import { temporalReason } from './temporal-reason';

/**
 * Connects to Temporal for the duration of a command.
 *
 * @throws ExpectedError if Temporal is unavailable, is lost meanwhile or refuses, or if a payload key is missing
 */
export async function usingTemporal<T>(
  config: TemporalConfig,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const temporal = await openTemporal(config);
  try {
    return await temporal.use(use);
  } finally {
    await temporal.close();
  }
}

/** A connection of a command that needs it in several steps. */
export interface OpenTemporal {
  /** @throws ExpectedError if Temporal is lost or refuses, or if a payload key is missing */
  use<T>(act: (client: Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** @throws ExpectedError if Temporal is unavailable */
export async function openTemporal(config: TemporalConfig): Promise<OpenTemporal> {
  const client = await connectClient(config);
  return {
    use: (act) => expectingTemporal(config, () => act(client)),
    close: () => client.connection.close(),
  };
}

/** @throws ExpectedError if the action fails because Temporal is unavailable or refuses, or a payload key is missing */
export async function expectingTemporal<T>(config: TemporalConfig, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof PayloadKeyMissingError) {
      throw new ExpectedError(error.message, EXIT.usage, { cause: error });
    }
    const reason = temporalReason(error);
    if (reason === undefined) throw error;
    throw new ExpectedError(
      `Temporal at ${config.connection.address} did not answer as expected (${reason}). Check that it is running, and check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.`,
      EXIT.usage,
      { cause: error },
    );
  }
}
