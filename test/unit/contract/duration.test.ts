import { duration } from '../../../src/contract/duration';

describe('a duration', () => {
  it.each([
    [850, '850 ms'],
    [4_200, '4.2 s'],
    [185_000, '3 min 5 s'],
    [7_202_000, '2 h 0 min'],
    [100_000_000, '27 h 46 min'],
  ])('of %d milliseconds is %s', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });
});
