import { types } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, LogTimestamp } from '@temporalio/worker';
import { isFailureType } from '../../contract/failures';
import type { Logger } from '../../process/logger';

type Method = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** The number of lines that are remembered. */
const MAX_LINES = 100;
/** A repeated line is logged at most once in this many milliseconds. */
const REPEAT_MS = 60_000;

/**
 * Writes the SDK's log lines to our log, without the stacks of our named failures. While Temporal is unavailable the
 * SDK repeats its warnings several times a second; lines that differ in numbers only are logged once a minute.
 */
export function createSdkLogger(log: Logger, now: () => number = Date.now): DefaultLogger {
  const isDue = rarely(now);
  return new DefaultLogger('TRACE', ({ level, message, meta }) => {
    const { [LogTimestamp]: _timestamp, taskToken: _token, options: _options, error, ...others } = meta ?? {};
    // A whole task with its payloads adds nothing to its error.
    const { task: _task, taskEncoded: _encoded, ...rest } = others;
    // The SDK's information, such as the states of a worker, is of interest for debugging only.
    const method = level === 'INFO' ? 'debug' : (level.toLowerCase() as Method);
    const repeated = isDue(method, message, error);
    if (repeated === null) return;
    log[method]({ ...rest, ...(repeated > 0 && { repeated }), ...describe(error, message) }, message);
  });
}

/** @returns how often the line was left out since it was last logged, or null if it must be left out now */
function rarely(now: () => number) {
  const seen = new Map<string, { at: number; left: number }>();
  return (method: Method, message: string, error: unknown): number | null => {
    // A line with a JavaScript error is never left out. The SDK's core gives its errors as text.
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
  // It comes from the workflow's own context as a plain Error. Only a failed run ends a workflow this way.
  if (types.isNativeError(error) && message === 'Workflow failed') {
    return { failure: { message: error.message } };
  }
  return { err: error };
}
