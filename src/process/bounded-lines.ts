import type { DestinationStream } from 'pino';
import type { Output } from './outside';

/** Bytes of the log that may wait for a slow reader: thousands of lines, and little memory. */
const MAX_WAITING = 1024 * 1024;
/** pino's number of the level `warn`. */
const WARN = 40;

/**
 * Writes lines of the log to an output whose reader may be slow. Node keeps what the reader has not taken in memory. If
 * that is too much, lines are left out until the reader has taken all. A line then says how many.
 */
export function boundedLines(output: Output): DestinationStream {
  let lost = 0;
  return {
    write(line) {
      const { writableLength: waiting = 0 } = output;
      if (lost > 0 ? waiting > 0 : waiting > MAX_WAITING) {
        lost += 1;
        return;
      }
      if (lost > 0) output.write(lossLine(lost));
      lost = 0;
      output.write(line);
    },
  };
}

function lossLine(lost: number): string {
  const msg = 'Lines of the log were left out, because the reader of the log was too slow';
  return `${JSON.stringify({ level: WARN, time: new Date().toISOString(), lines: lost, msg })}\n`;
}
