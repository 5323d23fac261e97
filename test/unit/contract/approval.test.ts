import { explainDecision, explainDeparting } from '../../../src/contract/approval';
import { needsApproval } from '../../../src/partner/answer/needs-approval';

describe('a snapshot needs an approval', () => {
  it.each([
    [199, 200, 0.2],
    [41, 200, 0.2],
    [5, 5, 0.2],
    [5, 24, 0.2],
    [5, 1_000_000, 0],
  ])('if it lacks %i of %i people, and %d may be missing', (departing, listed, maximumDeparted) => {
    expect(needsApproval({ departing, listed }, maximumDeparted)).toBe(true);
  });
});

describe('a snapshot needs no approval', () => {
  it.each([
    ['no one leaves an empty directory', 0, 0, 0],
    ['no one leaves', 0, 200, 0],
    ['exactly the share may leave', 40, 200, 0.2],
    ['fewer than five people leave a small list', 4, 4, 0],
    ['all may leave', 200, 200, 1],
    ['exactly a share that has no exact double may leave', 7, 100, 0.07],
  ])('if %s', (_case, departing, listed, maximumDeparted) => {
    expect(needsApproval({ departing, listed }, maximumDeparted)).toBe(false);
  });
});

describe('in words', () => {
  it('a snapshot is described by how many people would leave', () => {
    expect(explainDeparting({ departing: 1_999, listed: 20_000 })).toBe(
      '1,999 of 20,000 people would be marked as left',
    );
  });

  it.each([
    ['approved', null, null, 'Approved.'],
    ['approved', 'zoe', null, 'Approved by zoe.'],
    ['rejected', 'zoe', 'the list was cut', 'Rejected by zoe: the list was cut.'],
    ['rejected', null, 'Ask them!', 'Rejected: Ask them!'],
    ['expired', null, null, 'It was not approved before the deadline.'],
  ] as const)('a decision that it is %s by %s is described with both', (verdict, by, reason, words) => {
    expect(explainDecision({ verdict, by, reason, at: '2026-03-01T08:30:00.000Z' })).toBe(words);
  });
});
