import type { BaseConfig } from '../process/config';
import type { Logger } from '../process/logger';
import { Cleanup } from '../process/shutdown';
import { beginSpan, inSpan } from '../process/tracing/trace';
import { startTracing } from '../temporal/tracing/tracing';

/** Records traces for the time of a command, if the configuration asks for them. */
export async function withTracing<T>(config: BaseConfig, log: Logger, act: () => Promise<T>): Promise<T> {
  const cleanup = new Cleanup(log);
  startTracing('cli', config, log, cleanup);
  try {
    return await act();
  } finally {
    await cleanup.run();
  }
}

/**
 * Does the part of a command that belongs into a trace. The trace begins here.
 *
 * @param command such as `runs cancel`
 */
export function inCommandSpan<T>(command: string, act: () => Promise<T>): Promise<T> {
  return inSpan(beginSpan(`provider-sync ${command}`, 'internal'), act);
}
