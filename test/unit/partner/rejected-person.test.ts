import { createPersonFinder } from '../../../src/partner/answer/rejected-person';
import { createAnswerCheck } from '../../support/check-answer';
import { partnerWith } from '../../support/partners';

const ANN = { name_given: 'Ann', name_family: 'Lee', title: 'Dr.', clinic: 'North' };
const NOTEWORTH = partnerWith();
const UNKNOWN = { identityKey: null, givenName: null, familyName: null };

/** The person of the only rejected record of an answer. */
function personOf(record: unknown, partner = NOTEWORTH) {
  const [rejected] = createAnswerCheck(partner)([record]).rejected;
  if (!rejected) throw new Error('The record was not rejected');
  return createPersonFinder(partner)(rejected);
}

/** The key of a record that can be used. */
function keyOf(record: unknown, partner = NOTEWORTH): string | undefined {
  return createAnswerCheck(partner)([record]).providers[0]?.identityKey;
}

describe('the person of a rejected record', () => {
  it('has the key of its usable records if the faulty field is not part of the identity', () => {
    const key = keyOf(ANN);
    expect(personOf({ ...ANN, title: null })).toEqual({
      identityKey: key,
      givenName: 'Ann',
      familyName: 'Lee',
    });
    expect(personOf({ ...ANN, name_given: ' ANN ', title: 7 }).identityKey).toBe(key);
  });

  it('has only the names if a part of the identity cannot be used', () => {
    expect(personOf({ ...ANN, clinic: undefined })).toEqual({
      identityKey: null,
      givenName: 'Ann',
      familyName: 'Lee',
    });
  });

  it('has the one name that can be used', () => {
    expect(personOf({ ...ANN, name_given: null })).toEqual({
      identityKey: null,
      givenName: null,
      familyName: 'Lee',
    });
  });

  it.each([
    ['a text', 'Ann Lee'],
    ['a list', [ANN]],
    ['null', null],
    ['a record that is too large to keep as a whole', { ...ANN, note: 'x'.repeat(70_000) }],
  ])('is not known for %s', (_what, record) => {
    expect(personOf(record)).toEqual(UNKNOWN);
  });

  it('is found by an expression of the identity, and by a number', () => {
    const partner = partnerWith({ identity: ["=ids[?use=='npi'].value | [0]"] });
    const record = { ...ANN, ids: [{ use: 'npi', value: 17 }] };
    expect(personOf({ ...record, title: '' }, partner).identityKey).toBe(keyOf(record, partner));
    expect(personOf({ ...record, title: '', ids: [] }, partner).identityKey).toBeNull();
  });

  it('may lack an optional given name, and takes a constant one', () => {
    const optional = partnerWith({ optional: ['givenName'] });
    const record = { ...ANN, name_given: undefined };
    expect(personOf({ ...record, title: null }, optional)).toEqual({
      identityKey: keyOf(record, optional),
      givenName: '',
      familyName: 'Lee',
    });
    const constant = partnerWith({
      fields: { givenName: undefined },
      constants: { givenName: 'Team' },
      identity: ['name_family'],
    });
    expect(personOf({ ...ANN, title: null }, constant).givenName).toBe('Team');
  });

  it('has the key of each record that conflicts with another one', () => {
    const check = createAnswerCheck(NOTEWORTH)([ANN, { ...ANN, title: 'NP' }]);
    const find = createPersonFinder(NOTEWORTH);
    expect(check.rejected.map((record) => find(record).identityKey)).toEqual([keyOf(ANN), keyOf(ANN)]);
  });
});
