import { FAILURES, type FailureType } from '../src/contract/failures';
import { backOffOf } from '../src/partner/config/back-off';
import { readFailures } from '../src/store/runs/failing-streak';
import { whatToLog } from '../src/temporal/connection/what-to-log';
import type { TemporalPort } from '../src/temporal/temporal-port';
import type { Dependencies } from './dependencies';

interface PaceDependencies extends Pick<Dependencies, 'partners' | 'dataSource' | 'log'> {
  readonly temporal: Pick<TemporalPort, 'paceSchedule'>;
}

/** Another run may end between the reading and the change, once in a while. */
const TRIES = 3;

/**
 * Makes the schedule of a partner that keeps failing start fewer runs, and as many as usual after a run that succeeded.
 * How often depends on the runs in Postgres only. An error is only logged, because the run must end. A run that succeeds
 * after another that succeeded need not call it.
 *
 * @param failure of the run that ended; null if it succeeded
 */
export async function paceSchedule(
  { partners, dataSource, temporal, log }: PaceDependencies,
  name: string,
  failure: FailureType | null,
): Promise<void> {
  const partner = partners.get(name);
  const backOff = partner ? backOffOf(partner) : null;
  if (backOff === null) return;
  try {
    const reason = failure === null ? 'none' : `${failure}: ${FAILURES[failure].meaning}`;
    let failures = await readFailures(dataSource, name);
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const until = await temporal.paceSchedule(name, { failures, backOff, reason });
      const now = await readFailures(dataSource, name);
      if (now.length === failures.length) {
        if (until) log.warn({ until, failures: now.length }, 'Schedule backs off: the partner keeps failing');
        return;
      }
      failures = now;
    }
  } catch (error) {
    log.warn(whatToLog(error), 'Could not adapt the schedule to the end of a run');
  }
}
