import { PassThrough } from 'node:stream';
import type { DataSource } from 'typeorm';
import type { PageTotals } from '../../partner/page/page-totals';
import type { StagedSlice } from './copy-records';
import { type PageToStage, type StagedPageEnd, stagePage } from './stage-page';
import { writeToReader } from './write-to-reader';

/** A page that is staged while it arrives. */
export interface PageStream {
  /** @returns a promise that resolves when Postgres can take more; it rejects if the page cannot be staged */
  add(slice: StagedSlice): Promise<void>;
  /** @returns when the page is staged */
  finish(end: StagedPageEnd): Promise<PageTotals>;
  /** Stages nothing. Resolves when the transaction has ended. */
  abort(): Promise<void>;
}

/** Begins to stage a page; see {@link stagePage}, also for what each function throws. */
export function openPageStream(
  dataSource: DataSource,
  page: PageToStage,
  accept: (totals: PageTotals) => void,
  signal?: AbortSignal,
): PageStream {
  const slices = new PassThrough({ objectMode: true, highWaterMark: 1 });
  // The error is that of `staged`.
  slices.on('error', () => undefined);
  let pageEnd: StagedPageEnd | null = null;
  const write = async (writer: { add(slice: StagedSlice): Promise<void> }) => {
    for await (const slice of slices) await writer.add(slice);
    if (!pageEnd) throw new Error('The page is not complete');
    return pageEnd;
  };
  const staged = stagePage(dataSource, page, { write, accept }, signal);
  staged.catch((error) => slices.destroy(error));
  return {
    add: (slice) => writeToReader(slices, slice, staged),
    finish(end) {
      pageEnd = end;
      slices.end();
      return staged;
    },
    async abort() {
      slices.destroy(new Error('The page is not complete'));
      await staged.catch(() => undefined);
    },
  };
}
