import { existsSync } from 'node:fs';
import type { TLSConfig } from '@temporalio/client';
import { loadClientConfigProfile, loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { TASK_QUEUE } from '../../contract/names';
import { type PayloadKeys, payloadKeysSchema } from '../payload-keys';
import { SET_IT } from './base-config';

/** The connection to Temporal, and the keys for its payloads. */
export interface TemporalConfig {
  readonly connection: {
    readonly address: string;
    readonly apiKey?: string;
    readonly tls?: TLSConfig | boolean;
    readonly metadata?: Record<string, string>;
  };
  readonly namespace: string;
  readonly taskQueue: string;
  readonly payloadKeys: PayloadKeys;
}

/** The variables of our use of Temporal; `TEMPORAL_*` are read by `readConnection`. */
export const temporalSchema = z.object({
  TASK_QUEUE: z
    .string()
    .min(1)
    .max(200)
    .default(TASK_QUEUE)
    .describe('The task queue in Temporal that workers poll and starts use.'),
  PAYLOAD_KEYS: requiredKeys(SET_IT),
});

/** The same for a command that the keys of a running `npm start` are not for. */
export const ownKeysTemporalSchema = temporalSchema.extend({ PAYLOAD_KEYS: requiredKeys('set it') });

/** @param advice begins the advice if the variable is not set */
function requiredKeys(advice: string) {
  return z
    .string(
      `is not set; ${advice} to the keys that encrypt what Temporal stores, each as id:base64 of 32 bytes`,
    )
    .pipe(payloadKeysSchema)
    .describe(
      'The keys that encrypt payloads in Temporal: `id:base64 of 32 bytes`, comma-separated. The first encrypts, all decrypt. `worker` requires it; `npm start` creates a key in `DATA_DIR`.',
    );
}

/**
 * The connection that the `TEMPORAL_*` variables of Temporal's own tools describe.
 *
 * @param mistakes collects the mistakes in them
 */
export function readConnection(
  env: NodeJS.ProcessEnv,
  mistakes: string[],
): Pick<TemporalConfig, 'connection' | 'namespace'> | undefined {
  const file = env.TEMPORAL_CONFIG_FILE;
  // Temporal's own loader ignores a missing file.
  if (file && !existsSync(file)) mistakes.push(`TEMPORAL_CONFIG_FILE: there is no file ${file}`);
  try {
    const options = { overrideEnvVars: env as Record<string, string> };
    const { tls } = loadClientConfigProfile(options);
    if (!tls?.clientCert !== !tls?.clientKey) {
      mistakes.push('TEMPORAL_TLS_CLIENT_*: a certificate needs its key; set both');
    }
    const { connectionOptions, namespace } = loadClientConnectConfig(options);
    const address = connectionOptions.address ?? '127.0.0.1:7233';
    return {
      connection: Object.fromEntries(
        Object.entries({ ...connectionOptions, address }).filter(([, value]) => value !== undefined),
      ) as TemporalConfig['connection'],
      namespace: namespace ?? 'default',
    };
  } catch (error) {
    mistakes.push(`TEMPORAL_*: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
