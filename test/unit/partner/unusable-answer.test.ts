import { explainUnusable } from '../../../src/partner/answer/unusable-answer';
import { createAnswerCheck } from '../../support/check-answer';
import { partnerWith } from '../../support/partners';
import { person } from '../../support/people';

/** The reason for an answer of these records, at the partner with these limits. */
function reason(records: readonly unknown[], limits: Record<string, unknown> = {}): string | null {
  const partner = partnerWith({ providers: { minimumCount: 1, ...limits } });
  return explainUnusable(createAnswerCheck(partner)(records), partner.providers);
}

const people = (count: number) => Array.from({ length: count }, (_, number) => person(`Ann ${number}`));
const bad = (count: number) => Array.from({ length: count }, () => ({ title: null }));

describe('an answer', () => {
  it('without a usable record is unusable, and the reason counts the causes by field', () => {
    const renamed = people(10).map(({ name_family, ...rest }) => ({ ...rest, surname: name_family }));
    expect(reason(renamed)).toBe('10 of 10 records cannot be used: name_family is missing (10).');
    expect(reason([null], { maximumRejected: 1 })).toBe(
      '1 of 1 record cannot be used: the record is not an object (1).',
    );
  });

  it('lists the most frequent reasons first, at most five, and never a value', () => {
    const texts = reason([
      ...people(3).map((one) => ({ ...one, title: null })),
      { ...person('Qwendolyn'), clinic: ' ' },
      { ...person('Qwendolyn'), clinic: 5 },
      { ...person('Qwendolyn'), name_family: null },
      { ...person('Qwendolyn'), name_family: 'x'.repeat(300) },
      null,
      [],
      { ...person('Qwendolyn'), name_given: '\0' },
    ]);
    expect(texts).toBe(
      '10 of 10 records cannot be used: title is empty (null) (3), the record is not an object (2), clinic is blank (1), clinic is not text (1), name_family is empty (null) (1), other reasons (2).',
    );
  });

  it.each([
    [8, 2, '20%'],
    [9, 1, '10 %'],
    [71, 29, '29%'],
    [1, 1, 0.5],
    [3, 0, 0],
    [1, 9, '100%'],
    [2, 1, '33.4%'],
  ])('with %i good records and %i bad ones is usable if %s may be rejected', (good, rejected, limit) => {
    expect(reason([...people(good), ...bad(rejected)], { maximumRejected: limit })).toBeNull();
  });

  it.each([
    [7, 3, '20%'],
    [70, 30, '29%'],
    [0, 1, '100%'],
    [9, 1, 0],
    [2, 1, '33%'],
    [1, 1, '20%'],
  ])('with %i good records and %i bad ones is unusable if %s may be rejected', (good, rejected, limit) => {
    expect(reason([...people(good), ...bad(rejected)], { maximumRejected: limit })).toContain(
      `${rejected} of ${good + rejected} record`,
    );
  });

  it('names the allowed share if only some records were rejected', () => {
    expect(reason([...people(7), ...bad(3)])).toBe(
      '3 of 10 records cannot be used: name_given is missing (3). At most 20 % may be rejected.',
    );
  });

  it('with ten copies of one record has one record', () => {
    expect(reason(Array(10).fill(person('Ann')), { minimumCount: 10 })).toBe(
      '10 records received, only 1 of them different: 9 copies left out. At least 10 different records are expected.',
    );
    expect(reason(Array(10).fill(person('Ann')), { minimumCount: 1 })).toBeNull();
  });

  it('with ten records, one of them rejected, is not too short', () => {
    expect(reason([...people(9), ...bad(1)], { minimumCount: 10 })).toBeNull();
  });
});
