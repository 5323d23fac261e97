import type { DataSource } from 'typeorm';
import { openSnapshot, type Reader } from '../postgres/snapshot';
import type { Page } from './cursor';

/** Rows of one page of a stream. With this many, the cost of the single queries does not count. */
export const STREAM_PAGE = 1_000;

/**
 * All items of a list as they were at one moment. They are read page by page, so that memory stays constant. The
 * stream holds a connection until it ends, its reader leaves it, or it is aborted.
 *
 * @param prepare reads something at the same moment, before the first item
 * @throws TooManySnapshotsError
 */
export async function* streamPages<T>(
  dataSource: DataSource,
  list: (reader: Reader, cursor: string | undefined) => Promise<Page<T>>,
  signal?: AbortSignal,
  prepare?: (reader: Reader) => Promise<void>,
): AsyncGenerator<T, void, undefined> {
  const snapshot = await openSnapshot(dataSource);
  // The reader may never ask for the next item.
  signal?.addEventListener('abort', snapshot.close);
  try {
    if (prepare) await snapshot.read(prepare);
    let cursor: string | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const page = await snapshot.read((reader) => list(reader, cursor));
      yield* page.items;
      if (page.nextCursor === null) return;
      cursor = page.nextCursor;
    }
  } finally {
    signal?.removeEventListener('abort', snapshot.close);
    await snapshot.close();
  }
}
