import type { z } from 'zod';
import { ExpectedError } from '../../process/expected-error';

/** A page of a list, and the cursor of the next page. */
export interface Page<T> {
  readonly items: T[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

/** The cursor was not made by this list. */
export class CursorError extends ExpectedError {
  constructor() {
    super('The cursor is not one of this list in this order: leave it out to begin with the first page.');
  }
}

/** The sort key of a page's last item, as a text that a caller sends back. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws CursorError */
export function decodeCursor<T>(schema: z.ZodType<T>, cursor: string): T {
  const key = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!key.success) throw new CursorError();
  return key.data;
}

/** Returns undefined, which no cursor holds, for a text that is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes a page of rows. They were read with a limit of one more; if that row is there, there is a next page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  keyOf: (row: Row) => readonly string[],
): Page<Item> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    items: kept.map(toItem),
    nextCursor: last !== undefined && rows.length > limit ? encodeCursor(keyOf(last)) : null,
  };
}
