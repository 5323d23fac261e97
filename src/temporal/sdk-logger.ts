import { types } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, LogTimestamp } from '@temporalio/worker';
import { isFailureType } from '../contract/failures';
import type { Logger } from '../process/logger';

type Method = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Passes the SDK's log lines on to ours, without the stacks of failures that have a name of ours. */
export function createSdkLogger(log: Logger): DefaultLogger {
  return new DefaultLogger('TRACE', ({ level, message, meta }) => {
    const { [LogTimestamp]: _timestamp, taskToken: _token, options: _options, error, ...others } = meta ?? {};
    // A whole task, payloads and all, says no more than its error does.
    const { task: _task, taskEncoded: _encoded, ...rest } = others;
    // What the SDK takes for information, such as the states of a worker, is for those who look for it.
    const method = level === 'INFO' ? 'debug' : (level.toLowerCase() as Method);
    log[method]({ ...rest, ...describe(error, message) }, message);
  });
}

function describe(error: unknown, message: string): object {
  if (error === undefined) return {};
  if (error instanceof ApplicationFailure && isFailureType(error.type)) {
    return { failure: { type: error.type, message: error.message } };
  }
  // Comes from the workflow's own context as a bare Error; only a failed run ends a workflow so.
  if (types.isNativeError(error) && message === 'Workflow failed')
    return { failure: { message: error.message } };
  return { err: error };
}
