import { FAILURES } from '../src/contract/failures';
import type { RunFailure } from '../src/contract/run';
import { findFailingStreak } from '../src/store/runs/failing-streak';
import { whatToLog } from '../src/temporal/connection/what-to-log';
import type { TemporalPort } from '../src/temporal/temporal-port';
import type { Dependencies } from './dependencies';

interface PauseDependencies extends Pick<Dependencies, 'partners' | 'dataSource' | 'log'> {
  readonly temporal: Pick<TemporalPort, 'pauseFailingSchedule'>;
}

/**
 * Pauses the partner's schedule after `pauseAfterFailures` failed runs in a row. An error is only logged, because
 * the failed run must end.
 */
export async function pauseFailingSchedule(
  { partners, dataSource, temporal, log }: PauseDependencies,
  partner: string,
  failure: RunFailure,
): Promise<void> {
  const limit = partners.get(partner)?.schedule?.pauseAfterFailures;
  if (limit === undefined) return;
  try {
    const streak = await findFailingStreak(dataSource, partner, limit);
    // The note is not encrypted. Therefore it has the meaning of the failure and not its message.
    const note = `Paused by provider-sync after ${limit} failed runs in a row, the last ${failure.type}: ${FAILURES[failure.type].meaning}`;
    if (streak && (await temporal.pauseFailingSchedule(partner, streak, note))) {
      log.warn(`Schedule paused: ${note}`);
    }
  } catch (error) {
    log.warn(whatToLog(error), 'Could not pause the schedule of a partner whose runs keep failing');
  }
}
