import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { MalformedRecord } from '../../../../src/partner/answer/malformed-record';
import { createCsvDecoder } from '../../../../src/partner/page/decode-csv';
import { chunksOf, cuts, decoded, inChunks } from '../../../support/bodies';

const decodeCsv = createCsvDecoder(undefined);

describe('CSV', () => {
  const cells = fc.oneof(fc.constantFrom('', 'Lee, "Ann"', 'a\nb', 'a\r\nb', '"', ' x '), fc.string());
  const rows = fc.array(fc.tuple(cells, cells, cells), { maxLength: 6 });

  it('gives the same records wherever the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n'), cuts, async (list, delimiter, places) => {
        const body = stringify([['Id', 'First Name', 'é'], ...list], {
          record_delimiter: delimiter,
          quoted: true,
        });
        const { records, root } = await decoded(decodeCsv, chunksOf(body, places));
        expect(records).toEqual(list.map(([id, name, e]) => ({ Id: id, 'First Name': name, é: e })));
        expect(root).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('shows that it was cut, in quotes or between cells', async () => {
    const [header, first, second] = ['a,b\r\n', '1,"x, ""y"""\r\n', '2,"é"\r\n'] as const;
    const body = Buffer.from(header + first + second);
    // These are whole rows too. Their last cell is empty, shorter, or has lost its line end.
    const undetectable = ['', 'a', 'a,', 'a,b', 'a,b\r', header]
      .concat(['1,', '1,"x, "', '1,"x, ""y"', '1,"x, ""y"""', first].map((cut) => header + cut))
      .concat(['2,', '2,"é"', second].map((cut) => header + first + cut));
    for (let length = 0; length <= body.length; length += 1) {
      const cut = body.subarray(0, length);
      const result = decoded(decodeCsv, chunksOf(cut));
      if (undetectable.includes(cut.toString())) await result;
      else await expect(result).rejects.toMatchObject({ type: 'IncompleteResponse' });
    }
  });

  it('has malformed records only between others', async () => {
    const { records } = await decoded(decodeCsv, chunksOf('a,b\n1,2\n3\n4,5,6\n7,8\n'));
    expect(records).toEqual([
      { a: '1', b: '2' },
      new MalformedRecord(['3']),
      new MalformedRecord(['4', '5', '6']),
      { a: '7', b: '8' },
    ]);
    await expect(decoded(decodeCsv, chunksOf('a,b\n1,2\n3'))).rejects.toThrow(
      'the last row had another number of cells than the header row',
    );
    await expect(decoded(decodeCsv, chunksOf('a,b\n1,x"y"\n3,4\n'))).rejects.toThrow(
      'the CSV was cut off or malformed (INVALID_OPENING_QUOTE, line 2)',
    );
  });

  it('can have blank lines, mixed line ends, spaces around names, and columns without a name of their own', async () => {
    const { records } = await decoded(decodeCsv, chunksOf('a, b ,,a\r\n\n1,2,3,4\n\r\n5,6,7,8\r\n\r\n'));
    expect(records).toEqual([
      { a: '1', b: '2', '(column 3)': '3', 'a (column 4)': '4' },
      { a: '5', b: '6', '(column 3)': '7', 'a (column 4)': '8' },
    ]);
  });

  it('keeps names that mean something in JavaScript', async () => {
    const { records } = await decoded(decodeCsv, chunksOf('__proto__,constructor\n1,2\n'));
    expect(JSON.stringify(records)).toBe('[{"__proto__":"1","constructor":"2"}]');
  });

  it('has commas, or the separator that partners.yaml names', async () => {
    const expected = [{ id: '1', name: 'Lee, "Ann";\n\t|' }];
    for (const [separator, character] of [
      ['comma', ','],
      ['semicolon', ';'],
      ['tab', '\t'],
      ['pipe', '|'],
    ] as const) {
      const body = `id${character}name\r\n1${character}"Lee, ""Ann"";\n\t|"\r\n`;
      expect((await decoded(createCsvDecoder(separator), chunksOf(body))).records).toEqual(expected);
      const guessed = decoded(decodeCsv, inChunks(body, 3));
      if (separator === 'comma') expect((await guessed).records).toEqual(expected);
      else {
        await expect(guessed).rejects.toThrow(
          `the first line has no comma; if it is CSV, set separator: ${separator}`,
        );
      }
    }
  });

  it('can have one column whose name has another separator', async () => {
    const quoted = await decoded(decodeCsv, chunksOf('"a;\nb",c\n1,2\n'));
    expect(quoted.records).toEqual([{ 'a;\nb': '1', c: '2' }]);
    const named = await decoded(createCsvDecoder('comma'), chunksOf('a;b\n1\n'));
    expect(named.records).toEqual([{ 'a;b': '1' }]);
  });

  it('arrives in slices of at most 250 records and about 256 KiB', async () => {
    const many = await decoded(decodeCsv, inChunks(`a\n${'x\n'.repeat(1_001)}`, 700));
    expect(Math.max(...many.slices)).toBeLessThanOrEqual(250);
    expect(many.records).toHaveLength(1_001);
    const long = await decoded(decodeCsv, inChunks(`a\n${`${'x'.repeat(60_000)}\n`.repeat(20)}`, 65_536));
    expect(Math.max(...long.slices)).toBeLessThanOrEqual(6);
  });

  it('is refused if a row has more than 4 MiB', async () => {
    const body = `a,b\n1,"${'x'.repeat(5 * 2 ** 20)}"\n`;
    await expect(decoded(decodeCsv, inChunks(body, 65_536))).rejects.toMatchObject({
      type: 'ResponseTooLarge',
    });
  });

  it('passes the errors of its source and of its reader on', async () => {
    async function* broken() {
      yield Buffer.from('a\n1\n');
      throw new Error('the line is dead');
    }
    await expect(decoded(decodeCsv, broken())).rejects.toThrow('the line is dead');
    const reader = decodeCsv(chunksOf('a\n1\n2\n'), async () => {
      throw new Error('the store is away');
    });
    await expect(reader).rejects.toThrow('the store is away');
  });
});
