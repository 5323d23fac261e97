import { checkEnvelope, findReportedErrors } from '../../../src/partner/answer/check-envelope';

const inSmallLetters = (headers: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values]));

const remarks = (body: Record<string, unknown>, headers: Record<string, string[]> = {}, held = 100) =>
  checkEnvelope([body], inSmallLetters(headers), held).map(({ type, field, count }) => [
    type,
    field,
    ...(count === null ? [] : [count]),
  ]);

describe('errors beside the records of an answer', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ errors: [{ message: 'a part failed', path: ['clinicians', 7] }] }, 'errors'],
    [{ error: 'timeout' }, 'error'],
    [{ Error: { code: 7 } }, 'Error'],
    [{ exception: 'java.lang.Error' }, 'exception'],
    [{ 'error ': 'an odd name', errors: ['x'] }, 'errors'],
  ])('%j are reported by the name of their field', (body, field) => {
    const around = [body, { clinicians: [] }];
    expect(findReportedErrors(around)).toEqual([{ type: 'ErrorsReported', field, count: null }]);
  });

  it.each<Record<string, unknown>>([
    { errors: [], error: null, exception: '' },
    { error: false, errors: 0 },
    { errors: {}, errorCount: 3, terror: 'x' },
    { error: { code: 0, message: '' }, errors: [{}], exception: 'None' },
  ])('%j are none', (body) => {
    expect(findReportedErrors([body])).toEqual([]);
  });
});

describe('the envelope of an answer', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ next: '/providers?page=2' }, 'next'],
    [{ nextPage: 2 }, 'nextPage'],
    [{ next_cursor: 'abc' }, 'next_cursor'],
    [{ hasMore: true }, 'hasMore'],
    [{ has_next_page: true }, 'has_next_page'],
    [{ links: { self: '/', next: { href: '/2' } } }, 'links.next'],
    [{ _links: { next: { href: '/2' } } }, '_links.next'],
    [{ page: { totalPages: 3 } }, 'page.totalPages'],
    [{ pageInfo: { hasNextPage: true } }, 'pageInfo.hasNextPage'],
    [{ '@odata.nextLink': 'https://…' }, '@odata.nextLink'],
  ])('%j announces more pages', (body, field) => {
    expect(remarks(body)).toEqual([['MorePages', field]]);
  });

  it.each<[Record<string, unknown>, string, number]>([
    [{ total: 250 }, 'total', 250],
    [{ total: '250' }, 'total', 250],
    [{ count: 99 }, 'count', 99],
    [{ total_count: 0 }, 'total_count', 0],
    [{ meta: { total: 101 } }, 'meta.total', 101],
    [{ count: 100, total: 250 }, 'total', 250],
    [{ '@odata.count': 250 }, '@odata.count', 250],
  ])('%j announces another number of records', (body, field, count) => {
    expect(remarks(body)).toEqual([['TotalDiffers', field, count]]);
  });

  it.each<Record<string, unknown>>([
    {},
    { total: 100, count: '100', next: null, nextPage: '', hasMore: false, has_more: 'false' },
    { links: { self: '/', next: null }, page: { totalPages: 1, total: 100 } },
    { total: null, count: [250], totals: 250, nextVisit: 'Monday', total_price: 5 },
    { total: -1, count: 1.5 },
    { 'to\0tal': 250, [`next${'-'.repeat(100)}`]: 'x' },
  ])('%j contradicts nothing', (body) => {
    expect(remarks(body)).toEqual([]);
  });

  it('is read in every object around the list', () => {
    const around = [{ data: {} }, { total: 250 }, { next: 'x' }];
    expect(checkEnvelope(around, {}, 100).map(({ type }) => type)).toEqual(['MorePages', 'TotalDiffers']);
  });

  it.each<[Record<string, string[]>, unknown[]]>([
    [{ Link: ['</providers?page=2>; rel="next"'] }, [['MorePages', 'Link']]],
    [{ Link: ['</a>; rel=prev, </b>; rel=next'] }, [['MorePages', 'Link']]],
    [{ Link: ['</a>; rel="first next"; title="x"'] }, [['MorePages', 'Link']]],
    [{ Link: ['</a>; rel="prev"; title="next"', '</next>; rel=first'] }, []],
    [
      { 'X-Next-Page': ['2'], 'X-Total': ['250'] },
      [
        ['MorePages', 'X-Next-Page'],
        ['TotalDiffers', 'X-Total', 250],
      ],
    ],
    [{ 'X-Next-Page': [''], 'X-Total-Count': ['100'] }, []],
    [{ 'Content-Range': ['items 0-99/250'] }, [['TotalDiffers', 'Content-Range', 250]]],
    [{ 'Content-Range': ['items 0-99/*'] }, []],
  ])('reads the headers %j', (headers, expected) => {
    expect(remarks({}, headers)).toEqual(expected);
  });
});
