import type { DataSource } from 'typeorm';
import { Conditions } from '../lists/conditions';
import type { NameLetter } from '../lists/filters';
import { DirectoryMemo } from './directory-memo';

const memo = new DirectoryMemo<ReadonlySet<NameLetter>>(async (dataSource, partner) => {
  const conditions = new Conditions();
  conditions.add(`field = 'letter'`);
  conditions.equals('partner', partner);
  const rows: { letter: NameLetter }[] = await dataSource.query(
    `SELECT DISTINCT value AS letter FROM provider_counts WHERE ${conditions}`,
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
