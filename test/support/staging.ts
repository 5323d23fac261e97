import type { DataSource } from 'typeorm';
import type { CheckedProvider } from '../../src/contract/answer';
import type { PlacedRejection } from '../../src/partner/answer/rejected-person';
import type { PageTotals } from '../../src/partner/page/page-totals';
import type { StagedSlice } from '../../src/store/staging/copy-records';
import type { PagedAnswer } from '../../src/store/staging/gather-pages';
import { type PageToStage, type StagedPageEnd, stagePage } from '../../src/store/staging/stage-page';

/** A record of a page, usable or not. */
export type PageRecord = CheckedProvider | Omit<PlacedRejection, 'position'>;

/** The slice of a page that holds only these records. */
export function sliceOf(records: readonly PageRecord[]): StagedSlice {
  const placed = records.map((record, position) => ({ ...record, position }));
  return {
    providers: placed.filter((record) => 'attributes' in record),
    rejected: placed.filter((record) => 'reason' in record),
  };
}

export function pageToStage(runId: string, page: number, fields: Partial<PageToStage> = {}): PageToStage {
  const cursor = page === 1 ? null : `cursor-${page}`;
  return { runId, partner: 'noteworth', page, cursor, within: 60_000, ...fields };
}

export function pageEnd(received: number, fields: Partial<StagedPageEnd> = {}): StagedPageEnd {
  const end = {
    received,
    next: null,
    total: null,
    unknownFields: [],
    sentFields: [],
    remarks: [],
    answerSha256: null,
    calls: [],
  };
  return { ...end, ...fields };
}

/** Stages a page of these records, as if the partner had sent them. */
export function stageRecords(
  dataSource: DataSource,
  runId: string,
  page: number,
  records: readonly PageRecord[],
  { partner = 'noteworth', ...fields }: Partial<StagedPageEnd> & { readonly partner?: string } = {},
): Promise<PageTotals> {
  return stagePage(dataSource, pageToStage(runId, page, { partner }), {
    async write(writer) {
      await writer.add(sliceOf(records));
      return pageEnd(records.length, fields);
    },
    accept: () => undefined,
  });
}

/** What `saveSync` gets after these pages were staged. */
export function pagedAnswer(
  pages: readonly (readonly PageRecord[])[],
  limits: Partial<PagedAnswer['partner']['providers']> = {},
): PagedAnswer {
  return {
    pages: pages.length,
    received: pages.reduce((sum, { length }) => sum + length, 0),
    partner: {
      fields: { givenName: 'name_given', familyName: 'name_family', title: 'title', clinic: 'clinic' },
      providers: { minimumCount: 1, maximumRejected: 1, ...limits },
    },
  };
}
