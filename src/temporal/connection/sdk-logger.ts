import { types } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, LogTimestamp } from '@temporalio/worker';
import { isFailureType } from '../../contract/failures';
import type { Logger } from '../../process/logger';

type Method = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Lines that are remembered. */
const MAX_LINES = 100;
/** Milliseconds in which a line is passed on once. */
const REPEAT_MS = 60_000;

/**
 * Passes the SDK's log lines on to ours, without the stacks of failures that have a name of ours. While Temporal is
 * away the SDK repeats its warnings several times a second; of those that differ in numbers only, one a minute is
 * passed on.
 */
export function createSdkLogger(log: Logger, now: () => number = Date.now): DefaultLogger {
  const isDue = rarely(now);
  return new DefaultLogger('TRACE', ({ level, message, meta }) => {
    const { [LogTimestamp]: _timestamp, taskToken: _token, options: _options, error, ...others } = meta ?? {};
    // A whole task, payloads and all, says no more than its error does.
    const { task: _task, taskEncoded: _encoded, ...rest } = others;
    // What the SDK takes for information, such as the states of a worker, is for those who look for it.
    const method = level === 'INFO' ? 'debug' : (level.toLowerCase() as Method);
    const repeated = isDue(method, message, error);
    if (repeated === null) return;
    log[method]({ ...rest, ...(repeated > 0 && { repeated }), ...describe(error, message) }, message);
  });
}

/** @returns for each line how often it was left out since the last time, or null where it is to be left out */
function rarely(now: () => number) {
  const seen = new Map<string, { at: number; left: number }>();
  return (method: Method, message: string, error: unknown): number | null => {
    // A line about an error of JavaScript is never left out; the SDK's core gives its errors as text.
    if (method !== 'warn' || types.isNativeError(error)) return 0;
    const line = message.replace(/\d+/g, '#');
    const last = seen.get(line);
    if (last && now() - last.at < REPEAT_MS) {
      last.left += 1;
      return null;
    }
    if (seen.size >= MAX_LINES) seen.clear();
    seen.set(line, { at: now(), left: 0 });
    return last?.left ?? 0;
  };
}

function describe(error: unknown, message: string): object {
  if (error === undefined) return {};
  if (error instanceof ApplicationFailure && isFailureType(error.type)) {
    return { failure: { type: error.type, message: error.message } };
  }
  // Comes from the workflow's own context as a bare Error; only a failed run ends a workflow so.
  if (types.isNativeError(error) && message === 'Workflow failed') {
    return { failure: { message: error.message } };
  }
  return { err: error };
}
