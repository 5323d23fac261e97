import { Context } from '@temporalio/activity';
import { TIMEOUTS } from '../src/contract/timeouts';

/**
 * Takes a step that Postgres may keep waiting. Meanwhile it sends heartbeats, by whose silence Temporal finds a lost worker.
 *
 * @param report what a heartbeat leaves for the next attempt; by default nothing
 */
export async function withHeartbeats<T>(step: () => Promise<T>, report?: () => unknown): Promise<T> {
  const activity = Context.current();
  const beat = setInterval(() => activity.heartbeat(report?.()), TIMEOUTS.saveHeartbeat);
  try {
    return await step();
  } finally {
    clearInterval(beat);
  }
}
