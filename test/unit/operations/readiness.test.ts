import {
  type CheckName,
  type CheckOutcome,
  checked,
  inTime,
  unknown,
} from '../../../src/operations/health/check';
import { type FindingCode, finding } from '../../../src/operations/health/finding';
import { readinessOf } from '../../../src/operations/health/readiness';

const OK: readonly CheckOutcome[] = [
  checked('postgres', 'PostgreSQL 18.1, writable'),
  checked('tables', 'up to date'),
  checked('temporal', '127.0.0.1:7233, namespace default'),
  checked('workers', '1 polling (last seen 3 s ago)'),
];

function found(check: CheckName, ...codes: readonly FindingCode[]): CheckOutcome {
  return checked(
    check,
    'broken',
    codes.map((code) => finding({ code, severity: 'failing', what: 'broken' })),
  );
}

/** The outcomes of a check that throws. */
function incomplete(check: CheckName): Promise<CheckOutcome[]> {
  return inTime(check, Date.now() + 60_000, () => Promise.reject(new Error('no answer within 4 s')));
}

/** The readiness if these outcomes replace those of the same checks. */
function readyWith(outcomes: readonly CheckOutcome[], isConnected = true) {
  const changed = new Set(outcomes.map(({ check }) => check));
  return readinessOf([...OK.filter(({ check }) => !changed.has(check)), ...outcomes], isConnected);
}

describe('readiness', () => {
  it('is ok if Postgres and Temporal are', () => {
    expect(readyWith([])).toEqual({ postgres: 'ok', temporal: 'ok' });
  });

  it.each<[FindingCode, string]>([
    ['store-unusable', 'not usable'],
    ['store-read-only', 'not writable'],
    ['store-full', 'not writable'],
    ['store-not-writable', 'not writable'],
  ])('lacks a Postgres with the finding %s', (code, state) => {
    expect(readyWith([found('postgres', code)])).toEqual({ postgres: state, temporal: 'ok' });
    expect(readyWith([found('postgres', 'store-rights-missing', code)]).postgres).toBe(state);
  });

  it('lacks tables that are not migrated', () => {
    expect(readyWith([found('tables', 'store-not-migrated')]).postgres).toBe('not migrated');
  });

  it('lacks a Postgres that cannot be reached', () => {
    const away = [found('postgres', 'store-unreachable'), unknown('tables', 'unknown')];
    expect(readyWith(away).postgres).toBe('no answer');
    expect(readyWith(away, false).postgres).toBe('not connected yet');
  });

  it('lacks a Temporal that cannot be reached', () => {
    expect(readyWith([found('temporal', 'temporal-unreachable')]).temporal).toBe('no answer');
  });

  it('names Temporal, not its error code, if a check has no answer from it', async () => {
    const error = Object.assign(new Error('4 DEADLINE_EXCEEDED: Deadline exceeded after 3.039s'), {
      code: 4,
      details: '',
      metadata: {},
    });
    const [outcome] = await inTime('schedules', Date.now() + 60_000, () => Promise.reject(error));
    expect(outcome?.findings[0]?.what).toBe(
      'The check of schedules could not be made: Temporal did not respond in time.',
    );
  });

  it('lacks a service whose check could not be made', async () => {
    expect(await incomplete('postgres')).toMatchObject([{ state: 'unknown' }]);
    expect(readyWith(await incomplete('postgres'))).toEqual({ postgres: 'no answer', temporal: 'ok' });
    expect(readyWith(await incomplete('temporal'))).toEqual({ postgres: 'ok', temporal: 'no answer' });
  });

  it('lacks a service that was not checked', () => {
    expect(readinessOf([], true)).toEqual({ postgres: 'no answer', temporal: 'no answer' });
  });

  it('does not depend on workers or their rights', async () => {
    const outcomes = [
      found('postgres', 'store-rights-missing'),
      found('workers', 'no-worker'),
      ...(await incomplete('runs')),
      unknown('schedules', 'unknown'),
    ];
    expect(readyWith(outcomes)).toEqual({ postgres: 'ok', temporal: 'ok' });
  });
});
