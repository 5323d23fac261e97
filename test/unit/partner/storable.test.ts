import fc from 'fast-check';
import { readText } from '../../../src/partner/answer/read-text';
import { isTooLarge, MAX_DEPTH, MAX_RECORD_LENGTH } from '../../../src/partner/answer/storable';
import { TextRemarks } from '../../../src/partner/answer/text-remarks';

describe('the limits of a record', () => {
  it.each([
    ['plain characters', 'a'],
    ['characters that JSON escapes', '\u0001'],
    ['quotes', '"'],
    ['half surrogate pairs', '\ud800'],
  ])('count the JSON text of %s', (_what, character) => {
    const empty = JSON.stringify({ key: '' }).length;
    const each = JSON.stringify(character).length - 2;
    const count = Math.floor((MAX_RECORD_LENGTH - empty) / each);
    expect(isTooLarge({ key: character.repeat(count) })).toBe(false);
    expect(isTooLarge({ key: character.repeat(count + 1) })).toBe(true);
  });

  it('count keys, lists and numbers too', () => {
    const fits = Array.from({ length: (MAX_RECORD_LENGTH - 2) / 2 }, () => 1);
    expect(JSON.stringify(fits)).toHaveLength(MAX_RECORD_LENGTH - 1);
    expect(isTooLarge(fits)).toBe(false);
    expect(isTooLarge([...fits, 1])).toBe(true);
    expect(isTooLarge({ ['\u0001'.repeat(MAX_RECORD_LENGTH / 6)]: 1 })).toBe(true);
    expect(isTooLarge(Array.from({ length: 2_800 }, () => -1.7976931348623157e308))).toBe(true);
  });

  it('count the depth', () => {
    const nested = (depth: number): object => (depth === 1 ? {} : { in: nested(depth - 1) });
    expect(isTooLarge(nested(MAX_DEPTH) as never)).toBe(false);
    expect(isTooLarge(nested(MAX_DEPTH + 1) as never)).toBe(true);
  });
});

describe('the quick way for plain text', () => {
  const PLAIN = fc.string({ unit: 'grapheme-ascii' });

  it('reads a text as the usual way does', () => {
    fc.assert(
      fc.property(PLAIN, (text) => {
        const read = readText(text, 1_000);
        expect(read).toEqual(text.trim() === '' ? { reason: 'BlankField' } : text.trim());
      }),
    );
    expect(readText('a'.repeat(11), 10)).toEqual({ reason: 'TooLong' });
    expect(readText('a\u007f', 10)).toBe('a\u007f');
    expect(readText('a\n', 10)).toBe('a');
  });

  it('finds the signs of a garbled text', () => {
    const remarks = new TextRemarks(['name']);
    for (const text of ['plain', 'O&#39;Neil', 'JosÃ©', '~']) remarks.add([text]);
    expect(remarks.remarks).toEqual([
      { type: 'HtmlEntities', field: 'name', count: 1 },
      { type: 'Mojibake', field: 'name', count: 1 },
    ]);
  });
});
