import { PageTally, type PageTotals, refuseBadPages } from '../../../../src/partner/page/page-totals';
import { partnerWith } from '../../../support/partners';

const partner = partnerWith({ providers: { minimumCount: 3, maximumCount: 100, maximumPages: 4 } });

const totals = (changes: Partial<PageTotals>): PageTotals => ({
  pages: 2,
  records: 20,
  total: null,
  largestTotal: null,
  repeatedPage: null,
  equalPage: null,
  ...changes,
});

describe('the rules about pages', () => {
  it.each<[string, Partial<PageTotals>, string | null]>([
    ['a page without a total', {}, 'next'],
    ['a page within the total', { total: 21, largestTotal: 21 }, 'next'],
    ['a total that grows', { total: 25, largestTotal: 25 }, 'next'],
    ['as many records as the total', { total: 20, largestTotal: 20 }, null],
    ['as many records and pages as allowed', { pages: 4, records: 100 }, null],
    ['few records on several pages, of which copies are not known yet', { records: 2 }, null],
  ])('keep %s', (_, changes, next) => {
    expect(() => refuseBadPages(totals(changes), next, partner)).not.toThrow();
  });

  it.each<[string, Partial<PageTotals>, string | null, string]>([
    ['a repeated address', { repeatedPage: 1 }, 'next', 'the next page was page 1 again'],
    ['a repeated page', { equalPage: 1 }, null, 'page 2 had the same records as page 1'],
    ['too many records', { records: 101 }, 'next', 'more records than maximumCount (100)'],
    ['too many pages', { pages: 4 }, 'next', 'more pages than maximumPages (4)'],
    ['a short list of one page', { pages: 1, records: 2 }, null, '2 records where at least 3 were expected'],
    ['a total that shrinks', { total: 30, largestTotal: 31 }, 'next', 'the total was 30 records, after'],
    ['more records than the total', { total: 19, largestTotal: 19 }, 'next', '20 records of 19'],
    ['fewer records than the total at the end', { total: 21, largestTotal: 21 }, null, '20 records of 21'],
  ])('refuse %s', (_, changes, next, message) => {
    expect(() => refuseBadPages(totals(changes), next, partner)).toThrow(message);
  });

  it('allow an empty page in a feed of changes, which may have none', () => {
    const changes = partnerWith({ feed: 'changes' });
    expect(() => refuseBadPages(totals({ pages: 1, records: 0 }), null, changes)).not.toThrow();
  });
});

describe('the tally of pages', () => {
  const add = (
    tally: PageTally,
    cursor: string | null,
    next: string | null,
    total: number | null,
    content: string,
  ) => tally.add({ received: 10, next, total }, cursor, Buffer.from(content));

  it('adds up records, and keeps the last and the largest total', () => {
    const tally = new PageTally();
    add(tally, null, 'two', 40, 'a');
    add(tally, 'two', 'three', 30, 'b');
    expect(add(tally, 'three', null, null, 'c')).toEqual(
      totals({ pages: 3, records: 30, total: 30, largestTotal: 40 }),
    );
  });

  it('finds the first page with the same content, and the page to which a cursor has led', () => {
    const tally = new PageTally();
    add(tally, null, 'two', null, 'a');
    expect(add(tally, 'two', 'three', null, 'a')).toMatchObject({ equalPage: 1, repeatedPage: null });
    expect(add(tally, 'three', 'two', null, 'a')).toMatchObject({ equalPage: 1, repeatedPage: 2 });
  });
});
