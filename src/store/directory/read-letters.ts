import type { DataSource } from 'typeorm';
import { Conditions } from '../lists/conditions';
import { NAME_LETTERS, type NameLetter } from '../lists/filters';
import { DirectoryMemo } from './directory-memo';
import { rangesOf } from './name-letters';

/** Comes after every name. */
const LAST = '\u{10FFFF}';

const memo = new DirectoryMemo<ReadonlySet<NameLetter>>(async (dataSource, partner) => {
  const ranges = NAME_LETTERS.flatMap((letter) => rangesOf(letter).map((range) => ({ letter, ...range })));
  const conditions = new Conditions();
  const columns = [
    conditions.parameter(ranges.map(({ letter }) => letter)),
    conditions.parameter(ranges.map(({ from = '' }) => from)),
    conditions.parameter(ranges.map(({ before = LAST }) => before)),
  ];
  conditions.add('name_key >= first AND name_key < last');
  conditions.equals('partner', partner);
  // Looks up one name of each letter in the index.
  const rows: { letter: NameLetter }[] = await dataSource.query(
    `SELECT letter FROM unnest(${columns.map((column) => `${column}::text[]`).join(', ')}) AS ranges (letter, first, last)
     CROSS JOIN LATERAL (SELECT FROM providers WHERE ${conditions} ORDER BY name_key LIMIT 1) found`,
    conditions.parameters,
  );
  return new Set(rows.map(({ letter }) => letter));
});

/** The first letters of the family names of a partner, or of all partners, of present people and of those who left. */
export function readLetters(
  dataSource: DataSource,
  { partner }: { partner?: string | undefined } = {},
): Promise<ReadonlySet<NameLetter>> {
  return memo.get(dataSource, partner);
}
