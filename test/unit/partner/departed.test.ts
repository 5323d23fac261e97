import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { recheckAnswer } from '../../../src/partner/answer/recheck-answer';
import { compileValue } from '../../../src/partner/language/value';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { createAnswerCheck } from '../../support/check-answer';
import { partnerWith } from '../../support/partners';

const partner = partnerWith({ identity: ['npi'], departed: 'deleted', feed: 'changes' });
const check = createAnswerCheck(partner);
const ANN = { npi: 7, name_given: 'Ann', name_family: 'Lee', title: 'Dr.', clinic: 'North' };

/** Which of the records say that the person left; the reason for one that cannot be used. */
function marksOf(departed: string, ...values: unknown[]): unknown[] {
  const checkOf = createAnswerCheck(partnerWith({ departed }));
  return values.map((value) => {
    const { providers, rejected } = checkOf([{ ...ANN, status: value }]);
    return rejected[0]?.reason ?? providers[0]?.departed ?? false;
  });
}

describe('a record that says that the person left', () => {
  it('needs its identity only', async () => {
    const answer = check([{ npi: 7, deleted: true }, { npi: 8, deleted: true, title: 5 }, ANN]);
    expect(answer.rejected).toMatchObject([{ reason: 'ConflictingDuplicate' }, { position: 2 }]);
    expect(answer.providers).toMatchObject([{ departed: true, familyName: '', title: null, clinic: null }]);
    expect(await recheckAnswer(partner, answer)).toEqual(answer);
  });

  it('has the identity of the other records of the person', () => {
    const [left] = check([{ npi: 7, deleted: true }]).providers;
    const [present] = check([{ ...ANN, deleted: false }]).providers;
    expect(left?.identityKey).toBe(present?.identityKey);
    expect(present).not.toHaveProperty('departed');
  });

  it('is rejected without a part of the identity, also without one that others may lack', () => {
    const checkOf = createAnswerCheck(
      partnerWith({ identity: ['npi', 'clinic'], optional: ['clinic'], departed: 'deleted' }),
    );
    const { providers, rejected } = checkOf([
      { npi: 7, deleted: true },
      { clinic: 'North', deleted: true },
      { npi: 8, clinic: null, deleted: true },
    ]);
    expect(rejected).toMatchObject([
      { reason: 'MissingField', field: 'clinic' },
      { reason: 'MissingField', field: 'npi' },
    ]);
    expect(providers).toHaveLength(1);
  });

  it('is a copy of another one, whatever else they have', () => {
    const answer = check([
      { npi: 7, deleted: true },
      { ...ANN, deleted: true },
    ]);
    expect(answer).toMatchObject({ duplicates: 1, rejected: [], providers: [{ familyName: '' }] });
  });

  it('shows nothing about the fields of the others', () => {
    const { unknownFields, sentFields } = check([
      { npi: 7, deleted: true, when: 'today', clinic: 'North' },
      { ...ANN, npi: 8, title: null },
    ]);
    expect({ unknownFields, sentFields }).toEqual({
      unknownFields: [],
      sentFields: ['name_given', 'name_family', 'title', 'clinic'],
    });
  });

  it('is true, or the text true', () => {
    expect(marksOf('status', true, 'true', ' TRUE ')).toEqual([true, true, true]);
    expect(marksOf('status', false, 'False', '', null, undefined)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(marksOf('status', 'inactive', 1, {}, 'yes')).toEqual(Array(4).fill('NotBoolean'));
    expect(marksOf("=status == 'inactive'", 'inactive', 'active', undefined)).toEqual([true, false, false]);
    expect(marksOf('=status', 'inactive')).toEqual(['NotBoolean']);
  });

  describe('as docs/partners.md', () => {
    const text = readFileSync(join(PACKAGE_ROOT, 'docs/partners.md'), 'utf8');

    it.each<[object, object]>([
      [{ deleted: true }, { deleted: false }],
      [{ status: 'inactive' }, { status: 'active' }],
      [{ active: false }, {}],
      [{ deletedAt: '2026-01-02' }, { deletedAt: null }],
      [{ deletedAt: '2026-01-02' }, { deletedAt: '' }],
    ])('reads %j as left and %j as there', (gone, there) => {
      const [key = ''] = Object.keys(gone);
      const written = [...text.matchAll(/^\| `[^|]*\| `+(departed: .*?)`+ \|$/gm)].map(
        ([, line = '']) => line,
      );
      expect(written).toHaveLength(4);
      const { departed } = parse(written.find((line) => new RegExp(`\\b${key}\\b`).test(line)) ?? '') as {
        departed: string;
      };
      const { providers } = createAnswerCheck(partnerWith({ departed, identity: ['npi'] }))([
        { ...ANN, ...gone },
        { ...ANN, npi: 8, ...there },
      ]);
      expect(providers.map((provider) => provider.departed)).toEqual([true, undefined]);
    });

    it('reads ids of removed people beside the changes', () => {
      const [line = ''] = /^records: .*removed.*$/m.exec(text) ?? [];
      const { read } = compileValue((parse(line) as { records: string }).records);
      expect(read({ updated: [{ id: 'a' }], removed: ['b', 'c'] })).toEqual([
        { id: 'a' },
        { id: 'b', deleted: true },
        { id: 'c', deleted: true },
      ]);
      expect(read({ removed: ['b'] })).toEqual([{ id: 'b', deleted: true }]);
      expect(read({ updated: [{ id: 'a' }] })).toEqual([{ id: 'a' }]);
    });
  });

  it('is not accepted from a partner whose entry names no such place', async () => {
    const answer = check([{ ...ANN, deleted: true }]);
    const other = partnerWith({ identity: ['npi'] });
    await expect(recheckAnswer(other, answer)).rejects.toMatchObject({ type: 'InvalidResult' });
  });
});
