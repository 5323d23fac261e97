import { periodOf } from '../../../src/web/changes-period';

const NOW = new Date('2026-03-04T08:30:00Z');
const VISIT = '2026-03-02T10:00:00.000Z';

describe('the period of a list', () => {
  it.each([
    [{}, '7d', '2026-02-25T08:30:00.000Z', undefined],
    [{ period: 'today' }, 'today', '2026-03-04T00:00:00.000Z', undefined],
    [{ period: '30d' }, '30d', '2026-02-02T08:30:00.000Z', undefined],
    [{ period: 'visit' }, 'visit', VISIT, undefined],
    [{ period: 'all' }, 'all', undefined, undefined],
    [{ since: '2026-03-01' }, null, '2026-03-01T00:00:00.000Z', undefined],
    [{ since: '2026-03-01T02:00:00+02:00' }, null, '2026-03-01T00:00:00.000Z', undefined],
    [{ until: '2026-03-01' }, null, undefined, '2026-03-02T00:00:00.000Z'],
    [{ until: '2026-03-01T08:00:00Z' }, null, undefined, '2026-03-01T08:00:00.000Z'],
    [{ until: '9999-12-31' }, null, undefined, '9999-12-31T23:59:59.999Z'],
    [{ since: '0001-01-01T00:00:00+14:00' }, null, '0001-01-01T00:00:00.000Z', undefined],
    [{ since: '2026-03-01', period: 'today' }, null, '2026-03-01T00:00:00.000Z', undefined],
  ] as const)('of %j is %s, from %s until %s', (query, name, since, until) => {
    expect(periodOf(query, '7d', VISIT, NOW)).toEqual({ name, since, until });
  });

  it('is the usual one if no earlier visit is known', () => {
    expect(periodOf({ period: 'visit' }, '7d', null, NOW).name).toBe('7d');
    expect(periodOf({ period: 'visit' }, 'all', null, NOW)).toEqual({ name: 'all' });
  });
});
