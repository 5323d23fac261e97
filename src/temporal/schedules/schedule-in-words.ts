import type { CalendarSpecDescription, ScheduleSpecDescription } from '@temporalio/client';
import cronstrue from 'cronstrue';
import { durationInWords } from '../../partner/config/values';

type Range = CalendarSpecDescription['month' | 'minute' | 'dayOfWeek'][number];

/** The fields of a cron expression, with the values that `*` stands for. */
const FIELDS = [
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['dayOfMonth', 1, 31],
  ['month', 'JANUARY', 'DECEMBER'],
  ['dayOfWeek', 'SUNDAY', 'SATURDAY'],
] as const;

/** For times that neither a cron expression nor an interval can describe. */
const BY_HAND = 'At times that were set by hand in Temporal';

/** The times of a schedule in words, such as `Every hour` or `Every day at 05:00 (Europe/Zurich)`. */
export function scheduleInWords(spec: ScheduleSpecDescription): string {
  const { calendars = [], intervals = [], skip = [], startAt, endAt, jitter = 0 } = spec;
  const times = [
    ...intervals.map(({ every, offset }) => intervalInWords(every, offset)),
    ...calendars.map((calendar) => calendarInWords(calendar, zoneOf(spec))),
  ];
  if (times.length === 0 || times.includes(BY_HAND)) return BY_HAND;
  const later = jitter > 0 ? [`up to ${durationInWords(jitter)} later`] : [];
  const exceptions = skip.length > 0 || startAt || endAt ? ['with exceptions set in Temporal'] : [];
  return [times.join('; '), ...later, ...exceptions].join(', ');
}

/** The cron expression of a schedule with one calendar; null for other schedules. */
export function cronOf({ calendars = [], intervals = [] }: ScheduleSpecDescription): string | null {
  const [calendar] = calendars;
  return calendar && calendars.length + intervals.length === 1 ? calendar.comment || toCron(calendar) : null;
}

/** The time zone of the times of a schedule; null for intervals, which have none. */
export function timeZoneOf(spec: ScheduleSpecDescription): string | null {
  return spec.calendars?.length ? zoneOf(spec) : null;
}

function zoneOf({ timezone }: ScheduleSpecDescription): string {
  return timezone || 'UTC';
}

function intervalInWords(every: number, offset: number): string {
  const interval = `Every ${durationInWords(every).replace(/^1 /, '')}`;
  return offset > 0 ? `${interval}, shifted by ${durationInWords(offset)}` : interval;
}

function calendarInWords(calendar: CalendarSpecDescription, timeZone: string): string {
  const cron = toCron(calendar);
  return cron === null ? BY_HAND : `${cronInWords(cron)} (${timeZone})`;
}

/** Null for a calendar with seconds or years, which a cron expression does not have. */
function toCron(calendar: CalendarSpecDescription): string | null {
  const [second, ...others] = calendar.second;
  if (second?.start !== 0 || second.end > 0 || others.length > 0) return null;
  if (calendar.year.length > 0) return null;
  return FIELDS.map(([field, first, last]) => {
    const ranges: readonly Range[] = calendar[field];
    return ranges.map((range) => toCronRange(range, first, last)).join(',');
  }).join(' ');
}

function toCronRange({ start, end, step }: Range, first: Range['start'], last: Range['end']): string {
  const every = step > 1 ? `/${step}` : '';
  if (start === first && end === last) return `*${every}`;
  const from = String(start).slice(0, 3);
  return start === end ? from : `${from}-${String(end).slice(0, 3)}${every}`;
}

/** The days before the time, as people say it: `Every Monday at 05:00`, not `At 05:00, only on Monday`. */
function cronInWords(cron: string): string {
  const words = cronstrue.toString(cron, { use24HourTimeFormat: true, logicalAndDayFields: true });
  const [, time, days = 'every day', more] = /^At ([\d:, and]*\d)(?:, ([^,]+))?(, .*)?$/.exec(words) ?? [];
  if (time === undefined || more !== undefined) return words;
  const day = days.replace(/^only on /, 'every ');
  return `${day.charAt(0).toUpperCase()}${day.slice(1)} at ${time}`;
}
