import type { DataSource } from 'typeorm';
import { openSnapshot, type Reader } from '../postgres/snapshot';
import type { Page } from './cursor';
import type { PageQuery } from './filters';

/** With this many rows in a page, the cost of the single queries does not count. */
const USUAL_PAGE = 1_000;

interface StreamOptions {
  readonly signal?: AbortSignal;
  /** Fewer rows for a list whose rows are long. */
  readonly pageSize?: number;
  /** Reads something at the same moment, before the first item. */
  readonly prepare?: ((reader: Reader) => Promise<void>) | undefined;
}

/**
 * All items of a list as they were at one moment. They are read page by page, so that memory stays constant. The
 * stream holds a connection until it ends, its reader leaves it, or it is aborted.
 *
 * @param list reads a page
 * @throws TooManySnapshotsError
 */
export async function* streamList<Filter extends object, Item>(
  dataSource: DataSource,
  list: (reader: Reader, query: Filter & PageQuery) => Promise<Page<Item>>,
  filter: Filter,
  { signal, pageSize: limit = USUAL_PAGE, prepare }: StreamOptions = {},
): AsyncGenerator<Item, void, undefined> {
  const snapshot = await openSnapshot(dataSource);
  // The reader may never ask for the next item.
  signal?.addEventListener('abort', snapshot.close);
  try {
    if (prepare) await snapshot.read(prepare);
    let cursor: string | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const page = await snapshot.read((reader) => list(reader, { ...filter, limit, cursor }));
      yield* page.items;
      if (page.nextCursor === null) return;
      cursor = page.nextCursor;
    }
  } finally {
    signal?.removeEventListener('abort', snapshot.close);
    await snapshot.close();
  }
}
