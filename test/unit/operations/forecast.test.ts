import fc from 'fast-check';
import { chanceInWords, forecastInWords, forecastOf } from '../../../src/operations/freshness/forecast';

const at = (time: string) => `2026-03-04T${time}:00.000Z`;
const hourly = ['10:00', '11:00', '12:00', '13:00', '14:00'].map(at);
const [OK, FAILED] = [true, false];
const base = {
  outcomes: [OK, OK, OK, OK],
  typicalMs: 2_000,
  isRunning: false,
  nextRunsAt: hourly,
  backOff: null,
};
const forecast = (changes: Partial<Parameters<typeof forecastOf>[0]> = {}) =>
  forecastOf({ ...base, freshUntil: at('12:30'), ...changes });

describe('the runs before the end of the promise', () => {
  it('are those of the schedule that start early enough to end before, and the one that is running', () => {
    expect(forecast().runs).toBe(3);
    expect(forecast({ freshUntil: at('12:00') }).runs).toBe(2);
    expect(forecast({ isRunning: true }).runs).toBe(4);
  });

  it('also come after the times that Temporal names', () => {
    expect(forecast({ freshUntil: at('20:30') }).runs).toBe(11);
  });

  it('are fewer if the schedule backs off while they fail', () => {
    const backOff = { after: 2, atMost: 4 * 3_600_000 };
    // 10:00, 11:00, then after 2, 4, 4 and 4 hours: 13:00, 17:00, 21:00.
    expect(forecast({ freshUntil: at('22:30'), backOff }).runs).toBe(5);
    // The second failure in a row is at 10:00.
    expect(forecast({ freshUntil: at('22:30'), backOff, outcomes: [FAILED, OK] }).runs).toBe(4);
  });

  it('are none without a schedule, or if it is too rare', () => {
    expect(forecast({ nextRunsAt: [] })).toMatchObject({ runs: 0, chance: 0 });
    expect(forecast({ freshUntil: at('09:30') })).toMatchObject({ runs: 0, chance: 0 });
  });
});

describe('the chance that a partner stays fresh', () => {
  it('is the rate of the latest runs for the next run, and that after failures for each further one', () => {
    // After the two failed runs one succeeded and one failed.
    const outcomes = [OK, OK, OK, FAILED, FAILED, OK];
    const { latest, afterFailure, chance } = forecast({ outcomes });
    expect([latest, afterFailure]).toEqual([
      { succeeded: 4, ended: 6 },
      { succeeded: 1, ended: 2 },
    ]);
    expect(chance).toBeCloseTo(1 - (1 - 5 / 8) * (1 - 2 / 4) ** 2);
  });

  it('is that of runs after failures alone while the partner fails', () => {
    const outcomes = [FAILED, FAILED, FAILED, OK, OK, OK, OK, OK];
    expect(forecast({ outcomes }).chance).toBeCloseTo(1 - (1 - 1 / 4) ** 3);
  });

  it('is never certain, and grows with the number of runs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 20 }),
        fc.integer({ min: 0, max: 12 }),
        (outcomes, hours) => {
          const until = (hour: number) => new Date(Date.parse(at('10:30')) + hour * 3_600_000).toISOString();
          const [less, more] = [hours, hours + 1].map(
            (hour) => forecast({ outcomes, freshUntil: until(hour) }).chance,
          );
          expect(less).toBeGreaterThan(0);
          expect(more).toBeGreaterThan(less ?? 1);
          expect(more).toBeLessThan(1);
        },
      ),
    );
  });
});

describe('in words, a forecast', () => {
  it('names its runs, the chance and the figures behind it', () => {
    expect(forecastInWords(forecast({ outcomes: [OK, OK, FAILED, OK] }))).toBe(
      '3 syncs end before then. The chance that one of them succeeds is about 96 %: of the last 4 syncs 3 succeeded, and after a failed one 1 of 1.',
    );
    expect(forecastInWords(forecast({ nextRunsAt: hourly.slice(2, 3) }))).toBe(
      '1 sync ends before then. The chance that one of them succeeds is about 83 %: of the last 4 syncs 4 succeeded.',
    );
    expect(forecastInWords(forecast({ nextRunsAt: [] }))).toBe('No scheduled sync ends before then.');
  });

  it('never sounds certain', () => {
    expect([0.9999, 0.001, 0.5].map(chanceInWords)).toEqual(['over 99 %', 'under 1 %', 'about 50 %']);
  });
});
