import type { DataSource } from 'typeorm';
import { openSnapshot, type Reader } from '../postgres/snapshot';
import type { Page } from './cursor';

/** Rows of one page of a stream: many enough for the queries not to count. */
export const STREAM_PAGE = 1_000;

/**
 * All items of a list as they were at one moment, page after page, so that it takes constant memory. It holds
 * a connection until it has ended, was left, or is aborted.
 *
 * @throws TooManySnapshotsError
 */
export async function* streamPages<T>(
  dataSource: DataSource,
  list: (reader: Reader, cursor: string | undefined) => Promise<Page<T>>,
  signal?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const snapshot = await openSnapshot(dataSource);
  // Nobody may come to take the next item.
  signal?.addEventListener('abort', snapshot.close);
  try {
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
