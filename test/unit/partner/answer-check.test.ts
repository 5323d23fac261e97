import fc from 'fast-check';
import type { Rejection } from '../../../src/contract/answer';
import { MAX_DEPTH } from '../../../src/partner/answer/storable';
import { createAnswerCheck } from '../../support/check-answer';
import { partnerWith } from '../../support/partners';

const check = createAnswerCheck(partnerWith());

const ANN = { name_given: 'Ann', name_family: 'Lee', title: 'Dr.', clinic: 'North' };

function reasons(...records: unknown[]): (Rejection | string | null)[][] {
  return check(records).rejected.map(({ reason, field }) => [reason, field]);
}

function nested(depth: number): unknown {
  return depth === 0 ? 'x' : { deeper: nested(depth - 1) };
}

describe('the answer check', () => {
  it('stores a record as sent, trimmed and in NFC', () => {
    const [provider] = check([
      { ...ANN, name_given: '  Zoe\u0308 ', name_family: "O'Neil  Smith" },
    ]).providers;
    expect(provider).toMatchObject({
      givenName: 'Zoë',
      familyName: "O'Neil  Smith",
      title: 'Dr.',
      clinic: 'North',
    });
  });

  it.each<[string, unknown, Rejection, string | null]>([
    ['null', null, 'NotAnObject', null],
    ['a text', 'Ann Lee', 'NotAnObject', null],
    ['a list', [ANN], 'NotAnObject', null],
    ['a missing field', { ...ANN, title: undefined }, 'MissingField', 'title'],
    ['a null field', { ...ANN, clinic: null }, 'NullField', 'clinic'],
    ['a blank field', { ...ANN, name_given: ' \u00a0\u200b\t' }, 'BlankField', 'name_given'],
    ['an empty field', { ...ANN, name_family: '' }, 'BlankField', 'name_family'],
    ['a number', { ...ANN, title: 5 }, 'NotText', 'title'],
    ['an object', { ...ANN, title: {} }, 'NotText', 'title'],
    ['a 400-character name', { ...ANN, name_family: 'x'.repeat(400) }, 'TooLong', 'name_family'],
    ['a NUL', { ...ANN, name_family: 'Le\0e' }, 'InvalidCharacter', 'name_family'],
    ['half a surrogate pair', { ...ANN, name_family: 'Le\ud800e' }, 'InvalidCharacter', 'name_family'],
    ['a NUL in an unknown field', { ...ANN, note: { deep: ['\0'] } }, 'InvalidCharacter', null],
    ['a NUL in the name of an unknown field', { ...ANN, 'no\0te': 1 }, 'InvalidCharacter', null],
    ['a number without bound', { ...ANN, note: [Number.POSITIVE_INFINITY] }, 'NumberOutOfRange', null],
    ['nesting without end', { ...ANN, note: nested(100_000 / 100) }, 'TooComplex', null],
    ['an oversized unknown field', { ...ANN, note: 'x'.repeat(70_000) }, 'TooComplex', null],
  ])('rejects a record with %s', (_what, record, reason, field) => {
    const answer = check([ANN, record]);
    expect(answer.providers).toHaveLength(1);
    expect(answer.rejected).toEqual([{ position: 1, reason, field, raw: expect.any(String) }]);
    expect(answer.rejected[0]?.raw).not.toContain('\0');
  });

  it('keeps a rejected record as it came', () => {
    const record = { ...ANN, clinic: null, more: ['\0', 1.5] };
    expect(JSON.parse(check([record]).rejected[0]?.raw ?? '')).toEqual(record);
  });

  it('keeps only a part of a huge rejected record', () => {
    const answer = check([{ ...ANN, note: 'x'.repeat(200_000), [`${'k'.repeat(100_000)}\0`]: 1 }]);
    expect(answer.rejected[0]?.raw.length).toBeLessThan(66_000);
    expect(answer.rejected[0]?.raw).toContain('characters in all]');
    expect(Math.max(...answer.unknownFields.map((name) => name.length))).toBeLessThan(300);
  });

  it('keeps names of 255 characters and any letters', () => {
    const names = ['x'.repeat(255), '王小明', 'Αλέξανδρος', 'محمد', "D'Arcy-O’Toole", '👩‍⚕️'];
    expect(check(names.map((name_given) => ({ ...ANN, name_given }))).providers).toHaveLength(names.length);
  });

  it('keeps unknown fields with the record, and reports which appeared or vanished', () => {
    const answer = check([
      { ...ANN, npi: 1234567890, languages: ['en', 'fr'] },
      { name_given: 'Bo', name_family: 'Li', clinic: 'South' },
    ]);
    expect(answer.providers[0]?.attributes).toEqual({ npi: 1234567890, languages: ['en', 'fr'] });
    expect(answer.unknownFields).toEqual(['npi', 'languages']);
    expect(answer.vanishedFields).toEqual([]);
    expect(check([{ name_given: 'Bo', name_family: 'Li', clinic: 'South' }]).vanishedFields).toEqual([
      'title',
    ]);
  });

  it('treats a field named __proto__ like any other field', () => {
    const record = JSON.parse(
      `{"__proto__": {"polluted": true}, "name_given": "Ann", "name_family": "Lee", "title": "Dr.", "clinic": "North"}`,
    );
    const [provider] = check([record]).providers;
    expect(Object.keys(provider?.attributes ?? {})).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('stores identical twins once and counts them', () => {
    const answer = check([ANN, { ...ANN }, { ...ANN, name_given: ' Ann ' }]);
    expect([answer.received, answer.providers.length, answer.duplicates]).toEqual([3, 1, 2]);
  });

  it.each([
    ['letter case', { ...ANN, name_given: 'ANN', title: 'DR.', clinic: 'north' }],
    ['inner spaces', { ...ANN, title: ' Dr. ', clinic: 'North', note: 'on  leave' }],
    ['invisible characters', { ...ANN, name_given: 'A\u200bnn', title: 'Dr.\u00ad', clinic: '\ufeffNorth' }],
  ])('stores the first of twins that differ in %s only', (_what, other) => {
    const first = { ...ANN, ...('note' in other && { note: 'on leave' }) };
    const answer = check([first, other]);
    expect([answer.duplicates, answer.rejected]).toEqual([1, []]);
    expect(answer.providers).toEqual(check([first]).providers);
  });

  it('compares attributes of twins in the same way, however deep they are', () => {
    const twin = (...languages: unknown[]) => ({ ...ANN, more: { languages } });
    expect(check([twin('Zulu', 5), twin('ZULU', 5)]).duplicates).toBe(1);
    expect(reasons(twin('Zulu', 5), twin('Zulu', 6))).toHaveLength(2);
    expect(reasons(twin('Zulu'), twin('Zulus'))).toHaveLength(2);
  });

  it('rejects all twins that differ', () => {
    expect(reasons(ANN, { ...ANN, title: 'NP' })).toEqual([
      ['ConflictingDuplicate', null],
      ['ConflictingDuplicate', null],
    ]);
    expect(reasons(ANN, { ...ANN, title: 'NP' }, { ...ANN })).toHaveLength(3);
    expect(reasons(ANN, { ...ANN, npi: 1 })).toHaveLength(2);
  });

  it('treats the same name at another clinic as another person', () => {
    expect(check([ANN, { ...ANN, clinic: 'South' }]).providers).toHaveLength(2);
  });

  it('counts every record, whatever the partner sends', () => {
    const field = fc.oneof(fc.constantFrom('Ann', 'ann', ' Lee', '', '\0', '\ud800'), fc.anything());
    const record = fc.record(
      { name_given: field, name_family: field, title: field, clinic: field, more: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(record, fc.jsonValue())), (sent) => {
        const records = JSON.parse(JSON.stringify(sent)) as unknown[];
        const answer = check(records);
        expect(answer.received).toBe(records.length);
        expect(answer.providers.length + answer.duplicates + answer.rejected.length).toBe(records.length);
        expect(new Set(answer.providers.map(({ identityKey }) => identityKey)).size).toBe(
          answer.providers.length,
        );
        expect(JSON.stringify(answer.providers)).not.toMatch(/\\u0000|\\ud[89a-f]/);
      }),
    );
  });

  it('limits the depth of stored values', () => {
    expect(check([{ ...ANN, note: nested(MAX_DEPTH - 2) }]).providers).toHaveLength(1);
    expect(reasons({ ...ANN, note: nested(MAX_DEPTH) })).toEqual([['TooComplex', null]]);
  });
});

describe('partners of another form', () => {
  it('may send an id, as text or number, and lack what is optional', () => {
    const other = createAnswerCheck(
      partnerWith({
        identity: ['npi'],
        optional: ['title', 'clinic'],
        fields: { givenName: 'first', familyName: 'last' },
      }),
    );
    const answer = other([
      { npi: 17, first: 'Ann', last: 'Lee' },
      { npi: '18', first: 'Ann', last: 'Lee', title: '', clinic: null },
      { npi: 17, first: 'Ann', last: 'Lee-Jones' },
      { first: 'Ann', last: 'Lee' },
      { npi: 1.5, first: 'Ann', last: 'Lee' },
    ]);
    expect(answer.providers).toEqual([
      expect.objectContaining({ title: null, clinic: null, attributes: { npi: '18' } }),
    ]);
    expect(answer.rejected.map(({ reason }) => reason)).toEqual([
      'ConflictingDuplicate',
      'ConflictingDuplicate',
      'MissingField',
      'NotText',
    ]);
    expect([answer.unknownFields, answer.vanishedFields]).toEqual([[], []]);
  });
});
