import { duration } from '../../../src/contract/duration';

describe('a duration', () => {
  it.each([
    [850, '850 ms'],
    [999.7, '1.0 s'],
    [59_960, '1 min 0 s'],
    [119_600, '2 min 0 s'],
    [3_599_700, '1 h 0 min'],
    [4_200, '4.2 s'],
    [185_000, '3 min 5 s'],
    [7_202_000, '2 h 0 min'],
    [100_000_000, '27 h 46 min'],
  ])('of %d milliseconds is %s', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });
});
