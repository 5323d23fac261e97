import type { Client } from '@temporalio/client';
import type { TemporalConfig } from '../../src/process/config';
import { connectClient } from '../../src/temporal/connection/connection';

/** On a busy machine the first answer can take longer than a client waits for it. */
const TRIES = 6;

/** Connects a client of a test, with more patience than a command has. */
export async function connectTestClient(config: TemporalConfig): Promise<Client> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connectClient(config);
    } catch (error) {
      if (attempt === TRIES) throw error;
    }
  }
}
