import type { DataSource } from 'typeorm';
import { Conditions } from '../lists/conditions';
import { DirectoryMemo } from './directory-memo';
import { foldRoughly, splitWords } from './search-words';

/** Columns whose values a list offers as filters. */
type FacetColumn = 'title' | 'clinic';

/** Bytes. Longer values are not counted, so they are not offered, and longer titles are not in the index of titles, which cannot hold them. */
const SHORT_BYTES = 1_000;

/** A value that a list of providers can be narrowed to. */
export interface Facet {
  readonly value: string;
  /** The number of present providers with this value. */
  readonly count: number;
}

/** The most frequent values. Values that are too long for a menu are left out. */
export interface Facets {
  /** The most frequent first. */
  readonly titles: readonly Facet[];
  /** By letter. */
  readonly clinics: readonly Facet[];
}

const MAX_VALUES: Record<FacetColumn, number> = { title: 50, clinic: 10_000 };

/** Accents and case come second, and numbers count by their value. */
const BY_LETTER = new Intl.Collator('en', { numeric: true });

const memo = new DirectoryMemo<Facets>(async (dataSource, partner) => ({
  titles: await countValues(dataSource, 'title', partner),
  clinics: (await countValues(dataSource, 'clinic', partner)).sort((one, other) =>
    BY_LETTER.compare(one.value, other.value),
  ),
}));

/** Titles and clinics of the present providers of a partner, or of all partners. */
export function listFacets(
  dataSource: DataSource,
  { partner }: { partner?: string | undefined } = {},
): Promise<Facets> {
  return memo.get(dataSource, partner);
}

/** The clinics that have each of the words or parts of words, by letter. */
export async function findClinics(
  dataSource: DataSource,
  { partner, words, limit }: { partner?: string | undefined; words: string; limit: number },
): Promise<readonly Facet[]> {
  const { clinics } = await listFacets(dataSource, { partner });
  const parts = splitWords(words).map(foldRoughly);
  const isMatch = ({ value }: Facet) => parts.every((part) => foldRoughly(value).includes(part));
  return clinics.filter(isMatch).slice(0, limit);
}

async function countValues(
  dataSource: DataSource,
  column: FacetColumn,
  partner: string | undefined,
): Promise<Facet[]> {
  const conditions = new Conditions();
  conditions.add(`field = '${column}'`);
  conditions.add('listed > 0');
  conditions.equals('partner', partner);
  return dataSource.query(
    `SELECT value, sum(listed)::integer AS count FROM provider_counts WHERE ${conditions}
     GROUP BY value ORDER BY count DESC, value LIMIT ${MAX_VALUES[column]}`,
    conditions.parameters,
  );
}

/** The condition that a value is short. A query must repeat it for Postgres to use the index of titles. */
export function isShort(column: FacetColumn): string {
  return `octet_length(${column}) <= ${SHORT_BYTES}`;
}

export function isShortText(value: string): boolean {
  return Buffer.byteLength(value) <= SHORT_BYTES;
}
