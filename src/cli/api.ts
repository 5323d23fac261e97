import type { Command } from 'commander';
import { loadConfig } from '../process/config';
import { createLogger } from '../process/logger';
import { runUntilStopped } from '../process/shutdown';
import { startTracing } from '../temporal/tracing/tracing';
import { warnOfPlainText } from './plain-text-warnings';
import { runApi } from './run-api';

/** `api` */
export function apiCommand(api: Command): void {
  api.action(async () => {
    const config = loadConfig(['databaseUrl', 'temporal', 'http']);
    const log = createLogger(config.logLevel);
    warnOfPlainText(config, log);
    await runUntilStopped(log, async (cleanup, stop) => {
      startTracing('api', config, log, cleanup);
      const { url, connected } = await runApi(config, log, cleanup, stop);
      log.info({ url }, 'API ready');
      await connected;
      await stop;
    });
  });
}
