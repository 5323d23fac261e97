import type { ScheduleState } from '../../temporal/schedules/schedules';
import { ExactTime, Time } from './time';

/** The next runs of a schedule: in the zone of the reader and, if it is another one, in that of the schedule. */
export function NextRuns({
  schedule: { nextRunsAt, timeZone },
}: {
  readonly schedule: Pick<ScheduleState, 'nextRunsAt' | 'timeZone'>;
}) {
  const [next] = nextRunsAt;
  if (next === undefined) return null;
  return (
    <>
      <h4 class="chart-title">Next runs</h4>
      <ol class="plain dense">
        {nextRunsAt.map((at) => (
          <li key={at}>
            <ExactTime at={at} hasZone />
            {timeZone !== null && <TimeThere at={at} timeZone={timeZone} />}
            {at === next && (
              <span class="ago muted">
                {' '}
                (<Time at={at} />)
              </span>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

/** The time in the zone of the schedule. The script `times.js` shows it to readers in other zones; without it all read UTC. */
function TimeThere({ at, timeZone }: { readonly at: string; readonly timeZone: string }) {
  const there = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (
    <time class="muted" dateTime={at} data-zone={timeZone} hidden={timeZone === 'UTC'}>
      {` = ${there.format(new Date(at)).replace(',', '')} in ${timeZone}`}
    </time>
  );
}
