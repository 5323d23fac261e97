import { overdueOf } from '../../../src/operations/health/check-schedules';
import { finding, inOrder, statusOf } from '../../../src/operations/health/finding';
import { SinceMemory } from '../../../src/operations/health/since-memory';

const NOW = Date.parse('2026-03-04T09:30:00.000Z');
const stale = finding({
  code: 'partner-stale',
  severity: 'failing',
  what: 'old',
  since: '2026-03-04T00:00:00.000Z',
});
const away = finding({ code: 'temporal-unreachable', severity: 'failing', what: 'away' });
const paused = finding({
  code: 'schedule-paused',
  severity: 'degraded',
  what: 'paused',
  partner: 'noteworth',
});

describe('the overall status', () => {
  it('is failing with a failing finding, degraded with any other finding, and otherwise ok', () => {
    expect([[paused, away], [paused], []].map(statusOf)).toEqual(['failing', 'degraded', 'ok']);
  });

  it('begins with the finding that explains the others', () => {
    expect(inOrder([paused, stale, away])).toEqual([away, stale, paused]);
  });
});

describe('the beginning of a finding', () => {
  it('is the time when it was first seen, as long as it is seen again', () => {
    const memory = new SinceMemory();
    memory.complete([away], NOW);
    expect(memory.complete([away], NOW + 60_000)).toEqual([
      { ...away, since: '2026-03-04T09:30:00.000Z', sinceAtLeast: true },
    ]);
  });

  it('starts again after the finding was gone, or after a long time without a check', () => {
    const memory = new SinceMemory();
    memory.complete([away], NOW);
    memory.complete([], NOW + 10_000);
    expect(memory.complete([away], NOW + 20_000)[0]?.since).toBe('2026-03-04T09:30:20.000Z');
    expect(memory.complete([away], NOW + 200_000)[0]?.since).toBe('2026-03-04T09:33:20.000Z');
  });

  it('is kept if it is known', () => {
    expect(new SinceMemory().complete([stale], NOW)).toEqual([stale]);
  });

  it('is separate for each partner', () => {
    const memory = new SinceMemory();
    memory.complete([paused], NOW);
    const [other] = memory.complete([{ ...paused, partner: 'other' }], NOW + 10_000);
    expect(other?.since).toBe('2026-03-04T09:30:10.000Z');
  });
});

describe('a schedule', () => {
  const schedule = {
    scheduleId: 'provider-sync.noteworth',
    times: 'Every hour',
    cron: null,
    timeZone: null,
    paused: false,
    backOffUntil: null,
    note: null,
    nextRunAt: '2026-03-04T09:00:00.000Z',
    nextRunsAt: ['2026-03-04T09:00:00.000Z'],
    lastRunAt: null,
    lastWorkflowId: null,
    skipped: 0,
    missed: 0,
  };

  it('is overdue when its next run should have started a minute ago', () => {
    expect(overdueOf('noteworth', schedule, NOW)).toMatchObject([
      { code: 'schedule-overdue', severity: 'failing', since: '2026-03-04T09:00:00.000Z' },
    ]);
  });

  it.each([
    ['its time is still to come', { nextRunAt: '2026-03-04T10:00:00.000Z' }],
    ['its time is this minute', { nextRunAt: '2026-03-04T09:29:30.000Z' }],
    ['it is paused', { paused: true }],
    ['it has no next time', { nextRunAt: null }],
  ])('is not overdue when %s', (_, change) => {
    expect(overdueOf('noteworth', { ...schedule, ...change }, NOW)).toEqual([]);
  });
});
