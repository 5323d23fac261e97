import { z } from 'zod';
import { type RetentionConfig, retentionShape, toRetention } from './retention-config';

/** The load, the version and the metrics of a worker, and how long it keeps history. */
export interface WorkerConfig {
  /** At most this many runs may call a partner or save at the same time. */
  readonly maxConcurrentSyncs: number;
  /** The worker deployment version in Temporal; null for a worker without one. */
  readonly version: { readonly deploymentName: string; readonly buildId: string } | null;
  /** The address at which Prometheus reads the metrics, such as `127.0.0.1:9464`; null if they are not served. */
  readonly metricsAddress: string | null;
  readonly retention: RetentionConfig;
}

/** The variables of a worker. Temporal refuses `.` and `:` in a deployment's name, and `__` at the start of name and build ID. */
export const workerSchema = z
  .object({
    WORKER_MAX_CONCURRENT_SYNCS: z
      .string()
      .regex(/^([1-9]\d?|1\d\d|200)$/, 'is not a whole number from 1 to 200')
      .transform(Number)
      .prefault('16')
      .describe('How many runs of one worker may call a partner or save at the same time, from 1 to 200.'),
    WORKER_METRICS_PORT: z
      .string()
      .refine((text) => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535, 'is not a port (1 to 65535)')
      .optional()
      .describe(
        'The port at which Prometheus reads the metrics of this worker. Without it, none are served.',
      ),
    WORKER_METRICS_HOST: z
      .union([z.ipv4(), z.ipv6()], 'is not an IP address')
      .default('127.0.0.1')
      .describe(
        'The IP address of that port. The metrics ask for no token: let only Prometheus reach another address than a loopback one.',
      ),
    TEMPORAL_DEPLOYMENT_NAME: z
      .string()
      .regex(
        /^(?!__)[^.:\s]{1,100}$/,
        'is not a name of a deployment: at most 100 characters, without . : and blanks, and without __ at the start',
      )
      .optional()
      .describe(
        "The deployment of which this worker is a version; the same as `--deployment`. Temporal's Worker Controller sets it.",
      ),
    TEMPORAL_WORKER_BUILD_ID: z
      .string()
      .regex(/^(?!__)\S{1,100}$/, 'is not a build ID: at most 100 characters, without blanks')
      .optional()
      .describe('The build ID of the version; the same as `--build-id`. Set both or neither.'),
    ...retentionShape,
  })
  .superRefine(({ TEMPORAL_DEPLOYMENT_NAME: name, TEMPORAL_WORKER_BUILD_ID: build }, context) => {
    if ((name === undefined) === (build === undefined)) return;
    const [missing, given] =
      name === undefined
        ? ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID']
        : ['TEMPORAL_WORKER_BUILD_ID', 'TEMPORAL_DEPLOYMENT_NAME'];
    context.addIssue({
      code: 'custom',
      path: [missing],
      message: `is not set, but ${given} is; a worker's version needs both`,
    });
  });

/** The configuration in the terms of the code. */
export function toWorkerConfig(worker: z.output<typeof workerSchema>): WorkerConfig {
  const { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: buildId } = worker;
  const { WORKER_METRICS_HOST: host, WORKER_METRICS_PORT: port } = worker;
  return {
    maxConcurrentSyncs: worker.WORKER_MAX_CONCURRENT_SYNCS,
    version: deploymentName && buildId ? { deploymentName, buildId } : null,
    metricsAddress: port === undefined ? null : `${host.includes(':') ? `[${host}]` : host}:${port}`,
    retention: toRetention(worker),
  };
}
