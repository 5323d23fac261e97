/** Columns that lists are narrowed by, and whose values are offered for it. */
export type FacetColumn = 'title' | 'clinic';

/** Bytes up to which a value is in the column's index, which takes no long ones. */
const INDEXED_BYTES = 1_000;

/** The condition of the column's index, which a query has to repeat for the index to be used. */
export function isIndexed(column: FacetColumn): string {
  return `octet_length(${column}) <= ${INDEXED_BYTES}`;
}

export function canBeIndexed(value: string): boolean {
  return Buffer.byteLength(value) <= INDEXED_BYTES;
}
