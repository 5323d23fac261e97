import type { Reader } from '../postgres/snapshot';
import { type ProviderFilter, toConditions } from './provider-filter';

/** The names of the unmapped fields of providers. */
export interface AttributeNames {
  /** In the order of their letters. */
  readonly names: readonly string[];
  /** False if providers may have further fields. */
  readonly isComplete: boolean;
}

/** More columns are of no use in a spreadsheet. */
export const MOST_NAMES = 100;
/** The providers of a partner have the same few fields, so these show the names of all. */
export const LOOKED_AT = 100_000;

/** Reads the names of the unmapped fields of the providers that match, from a bounded number of them. */
export async function readAttributeNames(reader: Reader, filter: ProviderFilter): Promise<AttributeNames> {
  const conditions = toConditions(filter);
  const some = `SELECT attributes FROM providers WHERE ${conditions} LIMIT ${LOOKED_AT + 1}`;
  const [row]: [{ seen: number; names: string[] }] = await reader.query(
    `WITH first_ones AS MATERIALIZED (${some})
     SELECT
       (SELECT count(*)::integer FROM first_ones) AS seen,
       ARRAY(
         SELECT name FROM first_ones, jsonb_object_keys(attributes) name
         GROUP BY name ORDER BY count(*) DESC, name LIMIT ${MOST_NAMES + 1}) AS names`,
    conditions.parameters,
  );
  return {
    names: row.names.slice(0, MOST_NAMES).sort((a, b) => a.localeCompare(b, 'en')),
    isComplete: row.seen <= LOOKED_AT && row.names.length <= MOST_NAMES,
  };
}
