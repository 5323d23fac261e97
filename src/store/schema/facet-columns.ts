/** Columns that lists are narrowed by, and whose values are offered for it. */
export type FacetColumn = 'title' | 'clinic';

/** Bytes up to which a value is offered, and a title is in its index, which takes no long ones. */
const SHORT_BYTES = 1_000;

/** The condition of being so short, which a query has to repeat for the index of titles to be used. */
export function isShort(column: FacetColumn): string {
  return `octet_length(${column}) <= ${SHORT_BYTES}`;
}

export function isShortText(value: string): boolean {
  return Buffer.byteLength(value) <= SHORT_BYTES;
}
