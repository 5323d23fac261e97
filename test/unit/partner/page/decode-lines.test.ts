import fc from 'fast-check';
import { MalformedRecord } from '../../../../src/partner/answer/malformed-record';
import { decodeLines, decodeNdjson } from '../../../../src/partner/page/decode-lines';
import { parseJson } from '../../../../src/partner/page/parse-json';
import { chunksOf, cuts, decoded, inChunks } from '../../../support/bodies';

const ends = fc.constantFrom('\n', '\r\n');

describe('lines', () => {
  const lines = fc.array(
    fc.string({ unit: 'grapheme' }).filter((text) => text.trim() !== '' && !/[\r\n]/.test(text)),
    { maxLength: 8 },
  );

  it('are the same wherever the chunks end, also without the last line end', async () => {
    await fc.assert(
      fc.asyncProperty(lines, ends, fc.boolean(), cuts, async (texts, end, isEnded, places) => {
        const body = texts.join(end) + (isEnded ? end : '');
        const { records, root } = await decoded(decodeLines, chunksOf(body, places));
        expect(records).toEqual(texts.map((line) => ({ line })));
        expect(root).toBeUndefined();
      }),
    );
  });

  it('that are blank are no records', async () => {
    const { records } = await decoded(decodeLines, chunksOf('\nAnn\n \r\n\nBo\n\n'));
    expect(records).toEqual([{ line: 'Ann' }, { line: 'Bo' }]);
  });

  it('arrive in slices of at most 250 records and about 256 KiB', async () => {
    const many = await decoded(decodeLines, inChunks('Ann\n'.repeat(501), 2_048));
    expect(many.slices).toEqual([250, 250, 1]);
    const long = await decoded(decodeLines, inChunks(`${'x'.repeat(60_000)}\n`.repeat(20), 65_536));
    expect(Math.max(...long.slices)).toBeLessThanOrEqual(6);
    expect(long.records).toHaveLength(20);
  });

  it('of more than 4 MiB are refused before they are complete', async () => {
    let sent = 0;
    async function* endless() {
      for (;;) {
        sent += 65_536;
        yield Buffer.alloc(65_536, 'x');
      }
    }
    await expect(decoded(decodeLines, endless())).rejects.toMatchObject({ type: 'ResponseTooLarge' });
    expect(sent).toBeLessThan(5 * 2 ** 20);
  });
});

describe('NDJSON', () => {
  it('gives the same records wherever the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        ends,
        cuts,
        async (values, end, places) => {
          const body = values.map((value) => JSON.stringify(value) + end).join('');
          const { records } = await decoded(decodeNdjson, chunksOf(body, places));
          expect(records).toEqual(values.map((value) => parseJson(JSON.stringify(value))));
        },
      ),
    );
  });

  it('shows that it was cut, except between two lines', async () => {
    const lines = ['{"x": "é", "y": [1]}', '{"x": "}"}', '{"x": {}}'];
    const body = Buffer.from(lines.join('\n'));
    const between = [1, 2, 3].map((count) => Buffer.byteLength(lines.slice(0, count).join('\n')));
    for (let length = 0; length <= body.length; length += 1) {
      const result = decoded(decodeNdjson, chunksOf(body.subarray(0, length)));
      if (length === 0 || between.some((end) => length === end || length === end + 1)) await result;
      else await expect(result).rejects.toMatchObject({ type: 'IncompleteResponse' });
    }
  });

  it('has malformed records only between others', async () => {
    const { records } = await decoded(decodeNdjson, chunksOf('{"a":1}\n{"b":\n{"c":1}\n'));
    expect(records).toEqual([{ a: 1 }, new MalformedRecord('{"b":'), { c: 1 }]);
    await expect(decoded(decodeNdjson, chunksOf('oops\n{"a":1}\n'))).rejects.toThrow('one JSON value a line');
    await expect(decoded(decodeNdjson, chunksOf('{"a":1}\nError: gone\n\n'))).rejects.toThrow(
      'the last line was cut off or malformed',
    );
  });

  it.each(['{"error":{"code":500}}', '{"errors":["timeout"]}', '{"exception":"out of memory"}'])(
    'are incomplete if an error of the partner takes the place of the rest: %s',
    async (error) => {
      for (const count of [1, 3, 1000]) {
        const body = `${'{"id":1,"name":"Ada"}\n'.repeat(count)}${error}\n`;
        await expect(decoded(decodeNdjson, chunksOf(body))).rejects.toMatchObject({
          type: 'IncompleteResponse',
          message: 'the last line was an error of the partner, not a record',
        });
      }
    },
  );

  it('can have a field for errors, or an end with other keys', async () => {
    for (const body of [
      '{"id":1,"error":null}\n{"id":2,"error":"no photo"}\n',
      '{"id":1}\n{"id":2,"error":"no photo"}\n',
      '{"id":1}\n{"error":null}\n',
      '{"id":1}\n{"count":1}\n',
      '{"id":1}\n{"count":1,"errors":[]}\n',
      '{"error":"no photo"}\n',
    ]) {
      const { records } = await decoded(decodeNdjson, chunksOf(body));
      expect(records).toEqual(
        body
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      );
    }
  });

  it('can have a malformed record at the end of a slice, and null as its first record', async () => {
    const body = `null\n${'{}\n'.repeat(248)}oops\n{}\n`;
    const { records, slices } = await decoded(decodeNdjson, inChunks(body, 100));
    expect(slices).toEqual([250, 1]);
    expect(records[249]).toEqual(new MalformedRecord('oops'));
  });
});
