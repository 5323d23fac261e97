import { ApplicationFailure, type LogLevel, type LogMetadata } from '@temporalio/common';
import { DefaultLogger, LogTimestamp } from '@temporalio/worker';
import { isFailureType } from '../contract/failures';
import type { Logger } from '../process/logger';

type Method = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Passes the SDK's log lines on to ours; a failure with a name of ours loses its stack, which tells nothing more. */
export function createSdkLogger(log: Logger): DefaultLogger {
  return new DefaultLogger('TRACE', ({ level, message, meta }) => {
    log[level.toLowerCase() as Lowercase<LogLevel> & Method](withoutStacks(meta ?? {}), message);
  });
}

function withoutStacks({
  [LogTimestamp]: _timestamp,
  taskToken: _token,
  error,
  ...meta
}: LogMetadata): object {
  if (error === undefined) return meta;
  if (error instanceof ApplicationFailure && isFailureType(error.type)) {
    return { ...meta, failure: { type: error.type, message: error.message } };
  }
  return { ...meta, err: error };
}
