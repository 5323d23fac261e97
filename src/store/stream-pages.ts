import type { Page } from './cursor';

/** Rows of one page of a stream: many enough for the queries not to count. */
export const STREAM_PAGE = 1_000;

/**
 * All items of a list, page after page: in constant memory, and without a transaction that would stay open
 * for as long as somebody reads.
 */
export async function* streamPages<T>(
  list: (cursor: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: Page<T> = await list(cursor);
    yield* page.items;
    cursor = page.nextCursor;
  }
}
