import fc from 'fast-check';
import { parseJson } from '../../../../src/partner/page/parse-json';

describe('a long number in JSON', () => {
  it.each([
    ['[9007199254740991]', [9007199254740991]],
    ['[9007199254740993,-9007199254740993]', ['9007199254740993', '-9007199254740993']],
    ['{"id":\n90071992547409093\t}', { id: '90071992547409093' }],
    ['90071992547409093', '90071992547409093'],
    [`[${'9'.repeat(400)}]`, ['9'.repeat(400)]],
  ])('keeps its digits as a text if it would be rounded: %s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it.each([
    '[1.23456789012345678901]',
    '[1234567890123456789.5]',
    '[1234567890123456789e3]',
    '[1e00000000000000000001]',
  ])('stays a number if it is not whole, or has an exponent: %s', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '"90071992547409093"',
    '["a\\"90071992547409093,"]',
    '{"90071992547409093":1}',
    '["\\\\",90071992547409,"\\\\"]',
  ])('in a text is left alone: %s', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '{90071992547409093:1}',
    '{90071992547409093 :1}',
    '[090071992547409093]',
    '[--90071992547409093]',
    '[+90071992547409093]',
    '["a 90071992547409093]',
    '["a" 90071992547409093]',
    '[90071992547409093',
    '[90071992547409093.]',
    '[.90071992547409093]',
  ])('makes no malformed text valid: %s', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('is read wherever it is, and changes nothing else', () => {
    const texts = fc.constantFrom(
      '"',
      '\\',
      '\\"',
      'a',
      '12345678901234567',
      ':',
      ' 12345678901234567 ',
      '\n',
    );
    // Node 24.21 (V8 13.6) can take a key that is one escaped character for another such key, also in plain JSON.parse.
    const keys = texts.filter((text) => !['"', '\\', '\n'].includes(text));
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.array(texts, { maxLength: 4 }).map((parts) => parts.join('')),
        fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
        fc.constantFrom(null, true, 0.1, -1e21),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\n'), (made, space) => {
        expect(parseJson(written(made, space))).toEqual(expected(made));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found behind a text of 4 MiB', () => {
    const long = '\\"'.repeat(2 ** 21);
    expect(parseJson(`["${long}",90071992547409093]`)).toEqual(['"'.repeat(2 ** 21), '90071992547409093']);
  });
});

/** JSON in which a bigint is a number. */
function written(value: unknown, space: string): string {
  if (typeof value === 'bigint') return `${value}`;
  if (Array.isArray(value)) return `[${value.map((item) => space + written(item, space)).join(`${space},`)}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}${space}:${written(item, space)}`,
  );
  return `{${members.join(',')}${space}}`;
}

/** What a reader gets of it. */
function expected(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
  if (Array.isArray(value)) return value.map(expected);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expected(item)]));
}
