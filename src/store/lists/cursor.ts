import type { z } from 'zod';
import { ExpectedError } from '../../process/expected-error';

/** A page of a list, and where the next one begins. */
export interface Page<T> {
  readonly items: T[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

/** The cursor that came is none that the list made. */
export class CursorError extends ExpectedError {
  constructor() {
    super('The cursor is not one of this list in this order: leave it out to begin with the first page.');
  }
}

/** The sort key of a page's last item, as text that a caller hands back. */
function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws CursorError */
export function decodeCursor<T>(schema: z.ZodType<T>, cursor: string): T {
  const key = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!key.success) throw new CursorError();
  return key.data;
}

/** Undefined, which no cursor holds, for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Makes a page of rows that were read with a limit of one more than the page holds: the one more says
 * that there is a next page.
 */
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
