import type { Command } from 'commander';
import { loadConfig } from '../process/config';
import { createLogger } from '../process/logger';
import { outside } from '../process/outside';
import { runUntilStopped } from '../process/shutdown';
import { startTracing } from '../temporal/tracing/tracing';
import { runWorker } from '../worker/run-worker';
import { installTemporalRuntime } from '../worker/worker';
import { warnOfPlainText } from './plain-text-warnings';

/** `worker` */
export function workerCommand(worker: Command): void {
  worker
    .option('--deployment <name>', 'the deployment that this worker belongs to (TEMPORAL_DEPLOYMENT_NAME)')
    .option('--build-id <id>', 'the version of this worker (TEMPORAL_WORKER_BUILD_ID)')
    .action(async ({ deployment, buildId }: { deployment?: string; buildId?: string }) => {
      const env = {
        ...outside().env,
        ...(deployment !== undefined && { TEMPORAL_DEPLOYMENT_NAME: deployment }),
        ...(buildId !== undefined && { TEMPORAL_WORKER_BUILD_ID: buildId }),
      };
      const config = loadConfig(['databaseUrl', 'temporal', 'worker'], { env, devKeys: false });
      const log = createLogger(config.logLevel);
      installTemporalRuntime(log, config.worker.metricsAddress);
      warnOfPlainText(config, log);
      await runUntilStopped(log, async (cleanup, stop) => {
        startTracing('worker', config, log, cleanup);
        const { ended, gone } = await runWorker(config, log, cleanup, stop);
        const { maxConcurrentSyncs, version } = config.worker;
        log.info(
          {
            taskQueue: config.temporal.taskQueue,
            maxConcurrentSyncs,
            version,
            stopsWithinSeconds: gone / 1000,
          },
          'Worker ready',
        );
        await ended;
      });
    });
}
