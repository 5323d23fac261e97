import fc from 'fast-check';
import { scheduleSchema, timesAsWritten } from '../../../src/partner/config/schedule';
import { durationInWords } from '../../../src/partner/config/values';
import { partnerWith } from '../../support/partners';

const read = (schedule: unknown) => scheduleSchema.parse(schedule);
const mistakes = (schedule: unknown) =>
  scheduleSchema.safeParse(schedule).error?.issues.map(({ path, message }) => [path.join('.'), message]);

describe('a schedule in partners.yaml', () => {
  it('needs only an interval or a cron expression', () => {
    expect(read({ every: '1h' })).toEqual({
      every: 3_600_000,
      jitter: 0,
      paused: false,
      catchUpWindow: 3_600_000,
      backOff: { after: 3, atMost: 21_600_000 },
    });
  });

  it('can set the time, the zone, the jitter, the catch-up window and a pause', () => {
    const schedule = { cron: '0 5  * * MON-FRI', timeZone: 'Europe/Zurich', jitter: '5m', paused: true };
    expect(read({ ...schedule, catchUpWindow: '1d', pauseAfterFailures: '3' })).toEqual({
      cron: '0 5 * * MON-FRI',
      timeZone: 'Europe/Zurich',
      jitter: 300_000,
      paused: true,
      catchUpWindow: 86_400_000,
      pauseAfterFailures: 3,
      backOff: { after: 3, atMost: 21_600_000 },
    });
  });

  it.each(['@daily', '*/15 8-17 * * 1-5', '0 0,12 1 */2 *'])('accepts the cron expression %s', (cron) => {
    expect(read({ cron }).cron).toBe(cron);
  });

  it.each([
    [{}, '', 'needs one of every and cron'],
    [{ every: '1h', cron: '@daily' }, '', 'needs one of every and cron'],
    [{ every: '0s' }, 'every', 'is not a duration from 1s to 366d; write it like 10s'],
    [{ every: 'often' }, 'every', 'is not a duration from 1s to 366d; write it like 10s'],
    [{ every: '1500ms' }, 'every', 'is not a whole number of seconds'],
    [{ cron: '0 5 * *' }, 'cron', "is not a cron expression of five fields; write it like '0 5 * * *'"],
    [{ cron: '@every 1h' }, 'cron', "is not a cron expression of five fields; write it like '0 5 * * *'"],
    [{ cron: '0 5 * * * #x' }, 'cron', "is not a cron expression of five fields; write it like '0 5 * * *'"],
    [
      { cron: 'TZ=UTC 0 5 * * *' },
      'cron',
      "is not a cron expression of five fields; write it like '0 5 * * *'",
    ],
    [
      { cron: '@daily', timeZone: 'Zurich' },
      'timeZone',
      'is not a time zone; write it like Europe/Zurich or UTC',
    ],
    [
      { cron: '@daily', timeZone: '+01:00' },
      'timeZone',
      'is not a time zone; write it like Europe/Zurich or UTC',
    ],
    [{ every: '1h', timeZone: 'UTC' }, 'timeZone', 'applies to cron only'],
    [
      { every: '1h', catchUpWindow: '1s' },
      'catchUpWindow',
      'is not a duration from 10s to 366d; write it like 10s',
    ],
  ])('refuses %j', (schedule, path, message) => {
    expect(mistakes(schedule)).toEqual([[path, message]]);
  });

  it('has no other keys', () => {
    expect(mistakes({ every: '1h', overlap: 'AllowAll' })?.[0]?.[1]).toMatch(/overlap/);
  });

  it('is hourly for Noteworth, and read from the environment', () => {
    expect(partnerWith().schedule).toMatchObject({ every: 3_600_000, jitter: 60_000 });
  });
});

describe('times as written', () => {
  it.each([
    [{ every: 3_600_000 }, 'every hour'],
    [{ every: 5_400_000 }, 'every 90 minutes'],
    [{ every: 10_000 }, 'every 10 seconds'],
    [{ every: 172_800_000 }, 'every 2 days'],
    [{ cron: '0 5 * * *' }, 'at 0 5 * * * (UTC)'],
    [{ cron: '@daily', timeZone: 'Europe/Zurich' }, 'at @daily (Europe/Zurich)'],
  ])('%j', (schedule, words) => {
    expect(timesAsWritten(schedule)).toBe(words);
  });

  it('are never rounded, so that different durations have different texts', () => {
    const duration = fc.integer({ min: 0, max: 400 * 86_400_000 });
    fc.assert(
      fc.property(duration, duration, (one, other) => {
        expect(durationInWords(one) === durationInWords(other)).toBe(one === other);
      }),
    );
  });
});
