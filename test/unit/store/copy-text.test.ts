import fc from 'fast-check';
import { toCopyText } from '../../../src/store/postgres/copy-text';

/** Reads one column as Postgres does: a backslash escapes the next character. */
function readColumn(column: string): string | null {
  if (column === '\\N') return null;
  const meanings: Record<string, string> = { n: '\n', r: '\r', t: '\t' };
  return column.replace(/\\(.)/gs, (_, character: string) => meanings[character] ?? character);
}

const trickyText = fc.string({
  unit: fc.oneof(fc.constantFrom('\\', '\n', '\r', '\t', 'N', '.', 'n', 'é', '𝒳', ' '), fc.string()),
});

describe('toCopyText', () => {
  it('is read back as the same text', () => {
    fc.assert(
      fc.property(trickyText, (text) => {
        expect(readColumn(toCopyText(text))).toBe(text);
      }),
    );
  });

  it('never contains a separator of columns or lines', () => {
    fc.assert(
      fc.property(trickyText, (text) => {
        expect(toCopyText(text)).not.toMatch(/[\n\r\t]/);
      }),
    );
  });

  it('distinguishes null, an empty text and the text \\N', () => {
    expect(toCopyText(null)).toBe('\\N');
    expect(toCopyText('')).toBe('');
    expect(toCopyText('\\N')).toBe('\\\\N');
  });
});
