import { type Line, never } from './table';

/** The start of an entry of the log, and of the line in which a worker reports why it cannot start. */
const EXPECTED = /^(\{|provider-sync: |$)/;

/**
 * Checks that no worker reported a defect: a step that failed as `InternalError`, or a line that is no entry of the log,
 * such as a warning of Node, an unhandled rejection or a stack.
 */
export function checkLogs(workerLogs: readonly string[]): Line[] {
  const lines = workerLogs.flatMap((log) => log.split('\n'));
  return [
    never(
      'steps that failed as InternalError',
      lines.filter((line) => line.includes('"InternalError"')),
    ),
    never(
      'warnings of Node and stacks in the logs of workers',
      lines.filter((line) => !EXPECTED.test(line)),
    ),
  ];
}
