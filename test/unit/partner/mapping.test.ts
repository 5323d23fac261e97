import fc from 'fast-check';
import type { CheckedAnswer, CheckedProvider } from '../../../src/contract/answer';
import { recheckAnswer } from '../../../src/partner/answer/recheck-answer';
import { createStoredIdentity } from '../../../src/partner/answer/stored-identity';
import { createAnswerCheck } from '../../support/check-answer';
import { partnerWith } from '../../support/partners';

/** FHIR and similar forms: nested objects, lists of lists, computed values. */
const HOSPITAL = {
  fields: {
    givenName: "=join(' ', name[0].given)",
    familyName: 'name.0.family',
    title: 'name.0.prefix.0',
    clinic: undefined,
  },
  constants: { clinic: ' Hospital ' },
  optional: ['title'],
  ignore: ['meta.lastUpdated'],
  identity: ["=identifier[?system=='npi'].value | [0]"],
};
const partner = partnerWith(HOSPITAL);
const check = createAnswerCheck(partner);

const record = (given: unknown, changes = {}) => ({
  name: [{ family: 'Lee', given: [given], prefix: ['Dr.', 'Prof.'] }, { use: 'old' }],
  meta: { lastUpdated: '2026-01-01', source: 'x' },
  identifier: [{ system: 'npi', value: '17' }],
  ...changes,
});

describe('the mapping of nested records', () => {
  it('reads paths, expressions and constants', () => {
    expect(check([record('Ann')]).providers).toEqual([
      {
        identityKey: expect.stringMatching(/^[0-9a-f]{64}$/),
        givenName: 'Ann',
        familyName: 'Lee',
        title: 'Dr.',
        clinic: 'Hospital',
        attributes: {
          name: [{ given: ['Ann'], prefix: [null, 'Prof.'] }, { use: 'old' }],
          meta: { source: 'x' },
          identifier: [{ system: 'npi', value: '17' }],
        },
      },
    ]);
  });

  it('removes objects and lists that become empty, and keeps the places in a list', () => {
    const other = createAnswerCheck(
      partnerWith({
        fields: { givenName: 'name.first', familyName: 'name.last', title: 'tags.1', clinic: 'sites.0.name' },
        identity: ['id'],
      }),
    );
    const sent = {
      id: 1,
      name: { first: 'Ann', last: 'Lee' },
      tags: ['a', 'b'],
      sites: [{ name: 'N' }, { name: 'S' }],
    };
    expect(other([sent]).providers[0]?.attributes).toEqual({
      id: 1,
      tags: ['a', null],
      sites: [null, { name: 'S' }],
    });
    expect(other([{ ...sent, sites: [{ name: 'N' }] }]).providers[0]?.attributes).not.toHaveProperty('sites');
  });

  it('rejects a record whose value is missing, and names the text of partners.yaml', () => {
    const fault = (changes: object) =>
      check([record('Ann', changes)]).rejected.map(({ reason, field }) => [reason, field]);
    expect(fault({ name: [] })).toEqual([['MissingField', HOSPITAL.fields.givenName]]);
    expect(fault({ name: [{ given: ['Ann'] }] })).toEqual([['MissingField', 'name.0.family']]);
    expect(fault({ name: [{ family: 5, given: ['Ann'] }] })).toEqual([['NotText', 'name.0.family']]);
    expect(fault({ name: [{ family: 'Lee', given: [null] }] })).toEqual([
      ['MissingField', HOSPITAL.fields.givenName],
    ]);
    expect(fault({ identifier: 'none' })).toEqual([['MissingField', HOSPITAL.identity[0]]]);
  });

  it('does not change a provider for a new value of an ignored field', () => {
    const [before] = check([record('Ann')]).providers;
    const [after] = check([record('Ann', { meta: { lastUpdated: '2026-02-02', source: 'x' } })]).providers;
    expect(after).toEqual(before);
  });

  it('takes a given name as optional, and stores it as an empty text', () => {
    const lines = partnerWith({
      fields: { givenName: undefined, familyName: 'line', title: undefined, clinic: undefined },
      optional: ['givenName'],
      identity: ['line'],
    });
    expect(createAnswerCheck(lines)([{ line: 'Lee' }]).providers[0]).toMatchObject({
      givenName: '',
      familyName: 'Lee',
      title: null,
      clinic: null,
      attributes: {},
    });
  });

  it('says which keys of a record partners.yaml does not name, and which of its texts have no value', () => {
    const { unknownFields, sentFields, vanishedFields } = check([record('Ann', { active: true })]);
    expect(unknownFields).toEqual(['active']);
    expect(sentFields).toEqual([HOSPITAL.fields.givenName, 'name.0.family', 'name.0.prefix.0']);
    expect(vanishedFields).toEqual([]);
    expect(check([{ name: [{ family: 'Lee' }] }]).vanishedFields).toEqual([
      HOSPITAL.fields.givenName,
      'name.0.prefix.0',
    ]);
  });

  it('remarks on the text of a computed field as on any other', () => {
    expect(check([record('Jos&eacute;')]).remarks).toEqual([
      { type: 'HtmlEntities', field: HOSPITAL.fields.givenName, count: 1 },
    ]);
  });
});

describe('the identity of a stored provider', () => {
  it('is computed again from paths, also those into lists beside removed items', () => {
    const other = partnerWith({
      fields: { givenName: 'name.0.first', familyName: 'name.0.last', title: undefined, clinic: undefined },
      identity: ['name.1.id', 'name.0.last'],
    });
    const [provider] = createAnswerCheck(other)([
      { name: [{ first: 'Ann', last: 'Lee' }, { id: 17 }] },
    ]).providers;
    expect(createStoredIdentity(other)(provider as CheckedProvider)).toBe(provider?.identityKey);
  });

  it('is computed with an optional field that is missing', () => {
    const other = partnerWith({ optional: ['clinic'] });
    const sent = { name_given: 'Ann', name_family: 'Lee', title: 'Dr.', clinic: null };
    const [provider] = createAnswerCheck(other)([sent]).providers;
    expect(createStoredIdentity(other)(provider as CheckedProvider)).toBe(provider?.identityKey);
  });

  it('is unknown for an expression', () => {
    const [provider] = check([record('Ann')]).providers;
    expect(createStoredIdentity(partner)(provider as CheckedProvider)).toBeNull();
  });
});

describe('the check of nested records before they are stored', () => {
  const checked = check([record('Ann')]);
  const [ann] = checked.providers as [CheckedProvider];
  const recheck = (changes: object) =>
    recheckAnswer(partner, { ...checked, providers: [{ ...ann, ...changes }] } as CheckedAnswer);

  it('lets through what the check of an answer gave, whatever the partner sent', async () => {
    const name = fc.record(
      { family: fc.oneof(fc.string(), fc.jsonValue()), given: fc.array(fc.string()), prefix: fc.jsonValue() },
      { requiredKeys: [] },
    );
    const any = fc.record(
      { name: fc.array(name), identifier: fc.jsonValue(), meta: fc.jsonValue() },
      { requiredKeys: [] },
    );
    const identifier = fc.integer().map((value) => ({ identifier: [{ system: 'npi', value }] }));
    const usable = fc.tuple(any, identifier).map(([sent, id]) => ({ ...record('Ann'), ...sent, ...id }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(usable, any)), async (records) => {
        const answer = check(JSON.parse(JSON.stringify(records)));
        expect(await recheckAnswer(partner, answer)).toEqual(answer);
      }),
    );
  });

  it('keeps an identity key that only the record of the partner gives', async () => {
    const identityKey = 'a'.repeat(64);
    expect((await recheck({ identityKey })).providers).toEqual([{ ...ann, identityKey }]);
  });

  it.each([
    ['a key that is none', { identityKey: 'A'.repeat(64) }],
    ['another constant', { clinic: 'Elsewhere' }],
    ['a missing given name', { givenName: '' }],
    ['a title that is not trimmed', { title: 'Dr. ' }],
    [
      'attributes that are nested too deeply',
      { attributes: { a: JSON.parse('['.repeat(40) + ']'.repeat(40)) } },
    ],
    ['attributes that are too long', { attributes: { a: 'x'.repeat(70_000) } }],
    ['attributes with a NUL', { attributes: { 'a\0': 1 } }],
  ])('refuses %s', async (_what, changes) => {
    await expect(recheck(changes)).rejects.toThrow(/^A provider to store /);
  });
});
