import type { CalendarSpecDescription, ScheduleSpecDescription } from '@temporalio/client';
import { cronOf, scheduleInWords, timeZoneOf } from '../../../src/temporal/schedules/schedule-in-words';

const one = <T>(value: T) => [{ start: value, end: value, step: 1 }];
/** As Temporal describes `0 5 * * *`. */
const DAILY: CalendarSpecDescription = {
  second: one(0),
  minute: one(0),
  hour: one(5),
  dayOfMonth: [{ start: 1, end: 31, step: 1 }],
  month: [{ start: 'JANUARY', end: 'DECEMBER', step: 1 }],
  year: [],
  dayOfWeek: [{ start: 'SUNDAY', end: 'SATURDAY', step: 1 }],
  comment: '0 5 * * *',
};
const calendar = (change: Partial<CalendarSpecDescription>, timezone = 'UTC'): ScheduleSpecDescription => ({
  calendars: [{ ...DAILY, ...change }],
  timezone,
});
const interval = (every: number, offset = 0): ScheduleSpecDescription => ({ intervals: [{ every, offset }] });

describe('the times of a schedule in words', () => {
  it.each<[string, ScheduleSpecDescription]>([
    ['Every hour', interval(3_600_000)],
    ['Every 90 minutes', interval(5_400_000)],
    ['Every 6 hours, shifted by 30 minutes', interval(21_600_000, 1_800_000)],
    ['Every day at 05:00 (Europe/Zurich)', calendar({}, 'Europe/Zurich')],
    ['Every day at 05:00 (UTC)', calendar({}, '')],
    ['Every Monday at 05:00 (UTC)', calendar({ dayOfWeek: one('MONDAY') })],
    [
      'Monday through Friday at 05:00 (UTC)',
      calendar({ dayOfWeek: [{ start: 'MONDAY', end: 'FRIDAY', step: 1 }] }),
    ],
    ['On day 1 of the month at 05:00 (UTC)', calendar({ dayOfMonth: one(1) })],
    ['Every day at 05:00 and 17:00 (UTC)', calendar({ hour: [...one(5), ...one(17)] })],
    [
      'Every 15 minutes (UTC)',
      calendar({ minute: [{ start: 0, end: 59, step: 15 }], hour: [{ start: 0, end: 23, step: 1 }] }),
    ],
    [
      'At 05:00, on day 1 of the month, only in January (UTC)',
      calendar({ dayOfMonth: one(1), month: one('JANUARY') }),
    ],
    ['Every hour, up to 1 minute later', { ...interval(3_600_000), jitter: 60_000 }],
    ['Every hour; Every day at 05:00 (UTC)', { ...interval(3_600_000), ...calendar({}) }],
    ['Every hour, with exceptions set in Temporal', { ...interval(3_600_000), endAt: new Date(0) }],
    ['At times that were set by hand in Temporal', calendar({ second: one(30) })],
    ['At times that were set by hand in Temporal', calendar({ year: one(2030) })],
    ['At times that were set by hand in Temporal', {}],
  ])('are: %s', (words, spec) => {
    expect(scheduleInWords(spec)).toBe(words);
  });

  it('follow the times of Temporal, and not a comment that contradicts them', () => {
    expect(scheduleInWords(calendar({ hour: one(7) }))).toBe('Every day at 07:00 (UTC)');
  });
});

describe('the cron expression of a schedule', () => {
  it.each<[string | null, ScheduleSpecDescription]>([
    ['@daily', calendar({ comment: '@daily' })],
    [
      '0 5 1-7 * MON-FRI',
      calendar({
        comment: '',
        dayOfMonth: [{ start: 1, end: 7, step: 1 }],
        dayOfWeek: [{ start: 'MONDAY', end: 'FRIDAY', step: 1 }],
      }),
    ],
    [null, calendar({ comment: '', second: one(30) })],
    [null, interval(3_600_000)],
    [null, { ...interval(3_600_000), ...calendar({}) }],
  ])('is %j', (cron, spec) => {
    expect(cronOf(spec)).toBe(cron);
  });
});

describe('the time zone of a schedule', () => {
  it.each<[string | null, ScheduleSpecDescription]>([
    ['Europe/Zurich', calendar({}, 'Europe/Zurich')],
    ['UTC', calendar({}, '')],
    [null, interval(3_600_000)],
  ])('is %j', (timeZone, spec) => {
    expect(timeZoneOf(spec)).toBe(timeZone);
  });
});
