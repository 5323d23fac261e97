import type { Command } from 'commander';
import { loadConfig } from '../process/config';
import { createLogger } from '../process/logger';
import { runUntilStopped } from '../process/shutdown';
import { installTemporalRuntime } from '../temporal/worker';
import { runWorker } from './run-worker';

export function workerCommand(program: Command): void {
  program
    .command('worker')
    .description('work on runs until stopped; start as many as you like')
    .action(async () => {
      const config = loadConfig(['databaseUrl', 'temporal'], { devKeys: false });
      const log = createLogger(config.logLevel);
      installTemporalRuntime(log);
      await runUntilStopped(log, async (cleanup, stop) => {
        const { ended } = await runWorker(config, log, cleanup, stop);
        log.info({ taskQueue: config.temporal.taskQueue }, 'Worker ready');
        await ended;
      });
    });
}
