import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/*
 * Preloaded with `--require` into a worker: answers each message of its parent with what it has measured since the
 * message before.
 */

/** What a worker process has measured, in milliseconds and bytes. */
export interface ProbeReport {
  /** The longest time without a turn of the event loop. */
  readonly block: number;
  /** The longest turn of the event loop in CPU time of its thread; null if the system does not count it. */
  readonly turn: number | null;
  /** CPU time of all threads. */
  readonly cpu: number;
  /** The most resident memory since the process started. */
  readonly rss: number;
}

const RESOLUTION_MS = 5;

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
let longest = 0;
let latest = threadCpu();
let cpu = process.cpuUsage();
delays.enable();
setInterval(() => {
  const now = threadCpu();
  longest = Math.max(longest, now - latest);
  latest = now;
}, RESOLUTION_MS).unref();

process.on('message', () => {
  const { user, system } = process.cpuUsage(cpu);
  const report: ProbeReport = {
    block: delays.max / 1e6,
    turn: Number.isNaN(longest) ? null : longest,
    cpu: (user + system) / 1e3,
    rss: process.resourceUsage().maxRSS * 1024,
  };
  process.send?.(report);
  delays.reset();
  longest = 0;
  latest = threadCpu();
  cpu = process.cpuUsage();
});
process.channel?.unref();

/** The CPU time of the thread of the event loop in milliseconds. Only Linux has it in a file. */
function threadCpu(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}
