import { toTime } from '../../../src/cli/to-time';

describe('a time on the command line', () => {
  it.each([
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T08:30Z', '2026-03-01T08:30:00.000Z'],
    ['2026-03-01T08:30:15.5+01:00', '2026-03-01T07:30:15.500Z'],
  ])('can be %s', (text, time) => {
    expect(toTime(text)).toBe(time);
  });

  it('can be how long ago it was', () => {
    const before = Date.now();
    const ago = before - Date.parse(toTime('24h'));
    expect(Math.round(ago / 3_600_000)).toBe(24);
  });

  it.each(['2026', '24', 'yesterday', '2026-13-01', '2026-03-01T08:30', '-1h', ''])(
    'cannot be “%s”',
    (text) => {
      expect(() => toTime(text)).toThrow('Write a time such as');
    },
  );
});
