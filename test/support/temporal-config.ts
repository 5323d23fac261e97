import { generateKeySync, randomUUID } from 'node:crypto';
import type { TemporalConfig } from '../../src/process/config';

/** Nothing listens there. */
export const UNREACHABLE = { address: '127.0.0.1:1' } as const;

/** The Temporal that all tests share, with a new task queue and a new key. */
export function testTemporalConfig(changes: Partial<TemporalConfig> = {}): TemporalConfig {
  return {
    connection: { address: process.env.TEST_TEMPORAL_ADDRESS ?? '' },
    namespace: 'default',
    taskQueue: randomUUID(),
    payloadKeys: [{ id: randomUUID(), secret: generateKeySync('aes', { length: 256 }) }],
    ...changes,
  };
}
