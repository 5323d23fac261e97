import type { DataSource } from 'typeorm';
import { Conditions } from '../lists/conditions';
import { type FacetColumn, isShort } from '../schema/facet-columns';
import { DirectoryMemo } from './directory-memo';

/** A value that a list of providers can be narrowed to. */
export interface Facet {
  readonly value: string;
  /** Present providers that have it. */
  readonly count: number;
}

/** The most frequent first, and of very many only those; values too long for a menu are left out. */
export interface Facets {
  readonly titles: readonly Facet[];
  readonly clinics: readonly Facet[];
}

const MAX_VALUES: Record<FacetColumn, number> = { title: 50, clinic: 200 };

const memo = new DirectoryMemo<Facets>(async (dataSource, partner) => ({
  titles: await countValues(dataSource, 'title', partner),
  clinics: await countValues(dataSource, 'clinic', partner),
}));

/** Titles and clinics of a partner's present providers, or of those of all partners. */
export function listFacets(
  dataSource: DataSource,
  { partner }: { partner?: string | undefined } = {},
): Promise<Facets> {
  return memo.get(dataSource, partner);
}

async function countValues(
  dataSource: DataSource,
  column: FacetColumn,
  partner: string | undefined,
): Promise<Facet[]> {
  const conditions = new Conditions();
  conditions.add(isShort(column));
  conditions.add('listed');
  conditions.equals('partner', partner);
  return dataSource.query(
    `SELECT ${column} AS value, count(*)::integer AS count FROM providers WHERE ${conditions}
     GROUP BY ${column} ORDER BY count DESC, value LIMIT ${MAX_VALUES[column]}`,
    conditions.parameters,
  );
}
