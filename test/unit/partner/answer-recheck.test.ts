import fc from 'fast-check';
import type { CheckedAnswer, CheckedProvider } from '../../../src/contract/answer';
import { recheckAnswer } from '../../../src/partner/answer/recheck-answer';
import { createAnswerCheck } from '../../support/check-answer';
import { partnerWith } from '../../support/partners';

const partner = partnerWith();
const person = (name_given: unknown, changes = {}) => ({
  name_given,
  name_family: 'Lee',
  title: 'Dr.',
  clinic: 'North',
  ...changes,
});
const RECORDS = [
  person('Ann', { npi: 5, nested: { since: '2020' } }),
  person('Bo'),
  person('Bo'),
  person(null),
];
const answer: CheckedAnswer = createAnswerCheck(partner)(RECORDS);
const [ann, bo] = answer.providers as [CheckedProvider, CheckedProvider];

describe('the check before an answer is stored', () => {
  it('accepts every result of the check of an answer', async () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.constant(null));
    const record = fc
      .tuple(text, fc.jsonValue())
      .map(([given, extra]) => person(given, { extra, [String(given)]: extra }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(record, fc.jsonValue())), async (records) => {
        const checked = createAnswerCheck(partner)(JSON.parse(JSON.stringify(records)));
        expect(await recheckAnswer(partner, checked)).toEqual(checked);
      }),
    );
  });

  it('accepts the result for a partner that sends ids and no clinics', async () => {
    const other = partnerWith({
      identity: ['npi'],
      fields: { title: undefined, clinic: undefined },
      optional: undefined,
    });
    const checked = createAnswerCheck(other)([{ name_given: 'Ann', name_family: 'Lee', npi: 1_234 }]);
    expect(checked.providers).toHaveLength(1);
    expect(await recheckAnswer(other, checked)).toEqual(checked);
  });

  it('computes the identity key again, whatever was sent', async () => {
    const forged = { ...answer, providers: [{ ...ann, identityKey: bo.identityKey }, bo] };
    expect((await recheckAnswer(partner, forged)).providers).toEqual([ann, bo]);
  });

  it.each<[string, Partial<Record<keyof CheckedAnswer, unknown>>]>([
    ['counts that do not add up', { received: 5 }],
    ['a count that is none', { duplicates: -1, received: 2 }],
    ['no list of providers', { providers: 'all' }],
    ['a provider that is none', { providers: [ann, null] }],
    ['one provider twice', { providers: [ann, ann] }],
    ['a blank name', { providers: [ann, { ...bo, givenName: ' ' }] }],
    ['a name that is not trimmed', { providers: [ann, { ...bo, givenName: 'Bo ' }] }],
    ['a name with a NUL', { providers: [ann, { ...bo, familyName: 'Lee\0' }] }],
    ['a name that is too long', { providers: [ann, { ...bo, familyName: 'x'.repeat(300) }] }],
    ['a missing title', { providers: [ann, { ...bo, title: null }] }],
    ['a field that providers do not have', { providers: [ann, { ...bo, id: 1 }] }],
    ['an attribute under the name of a field', { providers: [ann, { ...bo, attributes: { clinic: 'x' } }] }],
    ['attributes that are a list', { providers: [ann, { ...bo, attributes: [] }] }],
    ['a reason that does not exist', { rejected: [{ position: 3, reason: 'Whim', field: null, raw: '1' }] }],
    ['rejected records that are none', { rejected: ['x'] }],
    ['names of fields that are none', { unknownFields: [5] }],
    ['names of sent fields that are none', { sentFields: [5] }],
    ['a remark that is none', { remarks: [{ type: 'Praise', field: 'title', count: null }] }],
    ['a remark with a NUL', { remarks: [{ type: 'Mojibake', field: 'ti\0tle', count: 1 }] }],
  ])('refuses %s', async (_, changes) => {
    await expect(recheckAnswer(partner, { ...answer, ...changes } as CheckedAnswer)).rejects.toThrow(
      /^(The answer|A provider|The counts of the answer) to store /,
    );
  });

  it('refuses a provider that is listed twice, at any distance', async () => {
    const records = Array.from({ length: 1_200 }, (_, number) => person(`Ann ${number}`));
    const checked = createAnswerCheck(partner)(records);
    const [first] = checked.providers as [CheckedProvider];
    const providers = [...checked.providers, { ...first, givenName: 'ANN 0' }];
    const twice = { ...checked, providers, received: providers.length };
    await expect(recheckAnswer(partner, twice)).rejects.toThrow('has one provider twice');
  });

  it('returns to the event loop between slices', async () => {
    const records = Array.from({ length: 3_000 }, (_, number) => person(`Ann ${number}`));
    const checked = createAnswerCheck(partner)(records);
    let turns = 0;
    const turn = () => {
      turns += 1;
      if (turns < 1_000) setImmediate(turn);
    };
    setImmediate(turn);
    await recheckAnswer(partner, checked);
    expect(turns).toBeGreaterThanOrEqual(6);
    turns = 1_000;
  });
});
