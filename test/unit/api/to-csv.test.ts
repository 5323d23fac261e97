import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { namedColumns } from '../../../src/api/http/csv-columns';
import { toCell, toCsv } from '../../../src/api/http/to-csv';
import { readCsvRows } from '../../support/read-csv';

/** Reads a cell as docs/api.md describes. */
function readCell(cell: string): string {
  return cell.startsWith("'") && toCell(cell.slice(1)) === cell ? cell.slice(1) : cell;
}

const HOSTILE = [
  'line\nfeed',
  'carriage\rreturn',
  '\n=1+1',
  '\r=1+1',
  '\t=1+1',
  'quoted "\n=1+1',
  '=HYPERLINK("http://evil.example")',
  '+1',
  '-1',
  '@SUM(A1)',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(A1)',
  '﹦1',
  '−1',
  ' =1+1',
  '\u200b=1+1',
  '\ufeff=1+1',
  "'=1+1",
  "''=1+1",
  '"',
  ',',
  '\r\n',
];
const HARMLESS = [
  "O'Hara",
  "'t Hooft",
  "'s-Gravenhage",
  'Anne-Marie',
  'a@b.example',
  '',
  ' ',
  'Zoë 李 \u{1f600}',
];

async function roundTrip(texts: readonly string[]): Promise<string[]> {
  const file = await buffer(
    toCsv(
      texts.map((text, n) => ({ n, text, last: 'x' })),
      namedColumns(['n', 'text', 'last']),
    ),
  );
  const rows = readCsvRows(file);
  expect(rows.map(({ n, last }) => `${n}${last}`)).toEqual(texts.map((_text, n) => `${n}x`));
  return rows.map(({ text = '' }) => text);
}

it('keeps each text in its cell, as Python reads it, and writes no formula', async () => {
  const cells = await roundTrip([...HOSTILE, ...HARMLESS]);
  expect(cells.map(readCell)).toEqual([...HOSTILE, ...HARMLESS]);
  const formulas = cells.filter((cell) => /^[\s\u200b\ufeff]*[=+\-@＝＋－＠﹦−]|^[\t\r\n]/.test(cell));
  expect(formulas).toEqual([]);
});

it.each(HARMLESS)('does not change %j', (text) => {
  expect(toCell(text)).toBe(text);
});

it('lets every text be read back', async () => {
  const unit = fc.constantFrom(...`=+-@'",;\t\r\n a＝＠\u200b\u00ad`, 'é', '\u{1f600}');
  const texts = fc.sample(fc.oneof(fc.string({ unit, maxLength: 8 }), fc.string({ unit: 'binary' })), 3_000);
  const cells = await roundTrip(texts);
  expect(cells.map(readCell)).toEqual(texts);
});
