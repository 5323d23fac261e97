import type { DataSource } from 'typeorm';
import { FAILURES } from '../src/contract/failures';
import type { RunFailure } from '../src/contract/run';
import type { Partners } from '../src/partner/config/partner';
import type { Logger } from '../src/process/logger';
import { findFailingStreak } from '../src/store/runs/failing-streak';
import type { ActivityDependencies } from './dependencies';

/** What a failed run may lead to: its partner's schedule is paused where too many failed in a row. */
export type PauseFailingSchedule = (partner: string, failure: RunFailure, lines: Logger) => Promise<void>;

/** A schedule that could not be paused does not keep a run from ending. */
export function createPauseFailingSchedule(
  partners: Partners,
  dataSource: DataSource,
  pauseSchedule: ActivityDependencies['pauseSchedule'],
): PauseFailingSchedule {
  return async (partner, failure, lines) => {
    const limit = partners.get(partner)?.schedule?.pauseAfterFailures;
    if (limit === undefined) return;
    try {
      const streak = await findFailingStreak(dataSource, partner, limit);
      // The note is not encrypted, therefore the meaning of the failure and not its message.
      const note = `Paused by provider-sync after ${limit} failed runs in a row, the last ${failure.type}: ${FAILURES[failure.type].meaning}`;
      if (streak && (await pauseSchedule(partner, streak, note))) lines.warn(`Schedule paused: ${note}`);
    } catch (error) {
      lines.warn({ err: error }, 'Could not pause the schedule of a partner whose runs keep failing');
    }
  };
}
