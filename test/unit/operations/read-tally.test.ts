import fc from 'fast-check';
import type { CheckedProvider, RejectedRecord } from '../../../src/contract/answer';
import { ReadTally } from '../../../src/operations/partner-check/read-tally';
import type { CheckedSlice } from '../../../src/partner/answer/checked-page';
import { TwinFinder } from '../../../src/partner/answer/twin-finder';
import { groupByReason } from '../../../src/partner/answer/unusable-answer';
import { provider } from '../../support/store-fixtures';

type PageRecord = { readonly key: string; readonly title: string } | 'bad';

const NOTHING_NEW = { next: null, total: null, unknownFields: [], sentFields: [], remarks: [] };

/** The slice with these records, of which the first one has this position in its page. */
function sliceOf(records: readonly PageRecord[], from: number): CheckedSlice {
  const placed = records.map((record, index) => ({ record, position: from + index }));
  const providers = placed.flatMap(({ record, position }) =>
    record === 'bad' ? [] : [{ ...provider(record.key, { title: record.title }), position }],
  );
  const rejected: RejectedRecord[] = placed.flatMap(({ record, position }) =>
    record === 'bad' ? [{ position, reason: 'NullField', field: 'title', raw: '{}' }] : [],
  );
  return { providers, rejected, sent: providers };
}

describe('the tally of a check', () => {
  const records = fc.array(
    fc.oneof(
      fc.constant('bad' as const),
      fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), title: fc.constantFrom('Dr.', 'dr.', 'NP') }),
    ),
    { maxLength: 12 },
  );
  const pages = fc.array(fc.array(records, { maxLength: 3 }), { maxLength: 4 });

  it('has the counts of a sync that keeps all records, and the providers to compare', () => {
    fc.assert(
      fc.property(pages, (read) => {
        const tally = new ReadTally();
        const finder = new TwinFinder();
        const stored = new Map<string, CheckedProvider>();
        let before = 0;
        for (const slices of read) {
          let received = 0;
          for (const slice of slices) {
            const { added, withdrawn } = tally.add(sliceOf(slice, received));
            for (const one of added) stored.set(one.identityKey, one);
            for (const one of withdrawn) expect(stored.delete(one.identityKey)).toBe(true);
            finder.add(sliceOf(slice, before + received));
            received += slice.length;
          }
          tally.endPage({ ...NOTHING_NEW, received });
          before += received;
        }
        const whole = finder.settle();
        const { rejected, ...counts } = tally.records;
        expect(counts).toMatchObject({
          received: before,
          distinct: whole.providers.length,
          duplicates: whole.duplicates,
        });
        expect([...rejected.groups].sort(byReason)).toEqual(groupByReason(whole.rejected).sort(byReason));
        const place = ({ position, reason }: RejectedRecord) => ({ position, reason });
        expect(rejected.first.map(place)).toEqual(whole.rejected.map(place));
        expect([...stored.values()]).toEqual(expect.arrayContaining(whole.providers));
        expect(stored.size).toBe(whole.providers.length);
      }),
    );
  });

  it('keeps only the first records, whatever their number', () => {
    const tally = new ReadTally();
    for (let slice = 0; slice < 10; slice += 1) {
      const people = Array.from({ length: 50 }, (_, index) => ({ key: `${slice}-${index}`, title: 'Dr.' }));
      tally.add(sliceOf([...people, ...Array(50).fill('bad')], slice * 100));
    }
    const { distinct, usable, rejected } = tally.records;
    expect([distinct, usable.length, rejected.first.length]).toEqual([500, 100, 100]);
    expect(rejected.groups).toEqual([{ reason: 'NullField', field: 'title', count: 500 }]);
    expect(usable.at(-1)?.provider.givenName).toBe('Given 1-49');
  });

  it('adds up the remarks of all pages about a field', () => {
    const tally = new ReadTally();
    const page = { ...NOTHING_NEW, received: 0, sentFields: ['title'], unknownFields: ['npi'] };
    tally.endPage({ ...page, remarks: [{ type: 'Mojibake', field: 'title', count: 2 }] });
    tally.endPage({ ...page, remarks: [{ type: 'Mojibake', field: 'title', count: 3 }] });
    expect(tally.records).toMatchObject({
      remarks: [{ type: 'Mojibake', field: 'title', count: 5 }],
      sentFields: ['title'],
      unknownFields: ['npi'],
    });
  });
});

function byReason(one: { readonly reason: string }, other: { readonly reason: string }): number {
  return one.reason.localeCompare(other.reason);
}
