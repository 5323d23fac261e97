export { duration } from '../../contract/duration';

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

interface TimeProps {
  readonly at: string;
  /** Whether the time stands alone: with the focus it shows the exact time. Other times do so with their row or link. */
  readonly alone?: boolean;
}

/** The time relative to now, such as "5 minutes ago", with the exact time on hover, with the focus and on paper. */
export function Time({ at, alone = false }: TimeProps) {
  return (
    <time
      dateTime={at}
      title={exactTime(at)}
      data-exact={exactTime(at)}
      data-relative=""
      tabIndex={alone ? 0 : undefined}
    >
      {ago(at)}
    </time>
  );
}

interface ExactTimeProps {
  readonly at: string;
  /** Whether the text names its zone, even if that is the zone of the browser. */
  readonly hasZone?: boolean;
}

/** The exact time: in UTC, or in the zone of the browser by the script `times.js`. */
export function ExactTime({ at, hasZone = false }: ExactTimeProps) {
  return (
    <time dateTime={at} data-zoned={hasZone ? '' : undefined}>
      {exactTime(at)}
    </time>
  );
}

/** The exact time, and the time relative to now. */
export function BothTimes({ at }: { readonly at: string }) {
  return (
    <>
      <ExactTime at={at} />{' '}
      <span class="ago muted">
        (<Time at={at} />)
      </span>
    </>
  );
}

/** For example `2026-03-01 08:30:00 UTC`. */
export function exactTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}

function ago(at: string): string {
  const seconds = (Date.parse(at) - Date.now()) / 1000;
  const [size, unit] = UNITS.find(([least]) => Math.abs(seconds) >= least) ?? [];
  if (unit && size) return relative.format(Math.trunc(seconds / size), unit);
  return seconds > 0 ? 'in a moment' : 'just now';
}
