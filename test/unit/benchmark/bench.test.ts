import { ManyPeople, WORDS } from '../../benchmark/bench/many-people';
import { interleave, median, quantile } from '../../benchmark/bench/measure';
import { bytes, ms, renderReport, times, whole } from '../../benchmark/bench/report';

describe('figures of a benchmark', () => {
  it('are values that were measured', () => {
    expect(median([9, 1, 5, 3])).toBe(3);
    expect(quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95)).toBe(10);
  });

  it('are measured in turn, after the sides have warmed up', async () => {
    const order: string[] = [];
    const side = (name: string) => async () => order.push(name);
    const figures = await interleave({ rounds: 2, warmUp: 1 }, { ours: side('ours'), bare: side('bare') });
    expect(order).toEqual(['ours', 'bare', 'ours', 'bare', 'ours', 'bare']);
    expect(figures).toEqual({ ours: [3, 5], bare: [4, 6] });
  });

  it('are printed as a Markdown table', () => {
    const report = {
      title: 'Reading',
      notes: ['Milliseconds.'],
      headings: ['', 'ours'],
      rows: [
        ['first page', ms(1.25)],
        ['last', times(3, 2)],
      ],
    };
    expect(renderReport(report).split('\n')).toEqual([
      '## Reading',
      '',
      'Milliseconds.',
      '',
      '|            |  ours |',
      '| ---------- | ----: |',
      '| first page |   1.3 |',
      '| last       | 1.50× |',
      '',
      '',
    ]);
  });

  it('are printed in suitable units', () => {
    expect([bytes(272), bytes(145_000), bytes(14e6), whole(1_000_000), ms(123.4)]).toEqual([
      '272 B',
      '145 kB',
      '14 MB',
      '1 000 000',
      '123',
    ]);
  });
});

describe('the people of a benchmark', () => {
  const people = new ManyPeople(2_000);
  const [list, next] = [[...people.list(0)], [...people.list(1)]];

  it('are all different, and the same ones each time', () => {
    expect(new Set(list.map(({ identityKey }) => identityKey)).size).toBe(2_000);
    expect([...new ManyPeople(2_000).list(0)]).toEqual(list);
  });

  it('have one title in a hundred changed in the next list', () => {
    const changed = list.filter(({ title }, number) => title !== next[number]?.title);
    expect(changed).toHaveLength(20);
    expect(next.map(({ title: _, ...rest }) => rest)).toEqual(list.map(({ title: _, ...rest }) => rest));
  });

  it('contain the searched words as often as stated', () => {
    const having = (word: string) =>
      list.filter(({ givenName, familyName }) => `${givenName} ${familyName}`.includes(word)).length;
    const { 'two letters': _, ...whole } = WORDS;
    expect(Object.values(whole).map(having)).toEqual([1, 100, 100]);
  });
});
