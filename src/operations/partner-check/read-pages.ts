import type { DataSource } from 'typeorm';
import type { Endpoint } from '../../contract/call';
import type { FailureType } from '../../contract/failures';
import { createPartnerClient } from '../../partner/call/partner-client';
import { PartnerFailure } from '../../partner/call/partner-failure';
import type { CallProgress } from '../../partner/call/request';
import type { Partner } from '../../partner/config/partner';
import { needsToken } from '../../partner/config/request-scope';
import { NoListFailure } from '../../partner/page/no-list-failure';
import { PageHash } from '../../partner/page/page-hash';
import { PageTally, type PageTotals, refuseBadPages } from '../../partner/page/page-totals';
import { DifferenceCounter, type Differences } from './count-differences';
import type { SecretHider, ShownRequest } from './hide-secrets';
import { type ReadRecords, ReadTally } from './read-tally';

/** One call of a check. */
export interface CheckedCall {
  readonly endpoint: Endpoint;
  /** From 1; null for a token. */
  readonly page: number | null;
  /** Null if the request could not be built. */
  readonly request: ShownRequest | null;
  readonly httpStatus: number | null;
  /** Of the body, after decompression; null if none was read. */
  readonly bytes: number | null;
  readonly tookMs: number;
}

/** Why a call failed, or why its answer is refused. */
export interface CheckFailure {
  readonly type: FailureType;
  readonly message: string;
  /** If there was no list at its place: the places of other lists, an empty text for the answer itself. */
  readonly lists?: readonly string[];
}

/** What was read of a partner: its complete pages. */
export interface ReadPages extends ReadRecords {
  readonly calls: readonly CheckedCall[];
  readonly pages: number;
  /** Whether all pages were read. */
  readonly isWhole: boolean;
  /** The cursor of the next page, without secrets; null if there is none. */
  readonly next: string | null;
  /** The number of records in all pages, as the partner states it; null if it states none. */
  readonly total: number | null;
  /** Null if the directory was not compared. */
  readonly differences: Differences | null;
  /** Why the reading ended early; null if it did not. */
  readonly failure: CheckFailure | null;
}

export interface ReadOptions {
  /** The largest number of pages. */
  readonly pages: number;
  /** ISO 8601: when the last successful run started; null before the first one. */
  readonly since: string | null;
  readonly hider: SecretHider;
  /** Null if the directory is not compared. */
  readonly dataSource: DataSource | null;
}

/** Reads the first pages of a partner with the code of a sync. It makes each call once, and ends at a failure. */
export async function readPages(partner: Partner, options: ReadOptions): Promise<ReadPages> {
  const reading = new Reading(partner, options);
  const failure = await reading.run().then(() => null, toFailure);
  return { ...reading.result(), failure };
}

function toFailure(error: unknown): CheckFailure {
  if (!(error instanceof PartnerFailure)) throw error;
  const { type, message } = error;
  return { type, message, ...(error instanceof NoListFailure && { lists: error.lists }) };
}

/** Its records pass in slices: only counts and the first ones are kept. */
class Reading {
  private readonly client;
  private readonly calls: CheckedCall[] = [];
  private readonly records = new ReadTally();
  private readonly pages = new PageTally();
  private readonly differences: DifferenceCounter | null;
  private token: string | null = null;
  private readonly signal = new AbortController().signal;
  /** As of the last complete page. A failed page ends the reading. */
  private read: Omit<ReadPages, 'calls' | 'failure'>;

  constructor(
    private readonly partner: Partner,
    private readonly options: ReadOptions,
  ) {
    const { dataSource } = options;
    this.client = createPartnerClient(partner);
    this.differences = dataSource ? new DifferenceCounter(dataSource, partner.name) : null;
    this.read = this.readSoFar(0, { next: null, total: null });
  }

  async run(): Promise<void> {
    if (needsToken(this.partner)) {
      this.token = await this.call('auth', null, (progress) =>
        this.client.authenticate(progress, this.signal),
      );
    }
    let cursor: string | null = null;
    do cursor = await this.readPage(this.read.pages + 1, cursor);
    while (cursor !== null && this.read.pages < this.options.pages);
  }

  result(): Omit<ReadPages, 'failure'> {
    return { ...this.read, calls: this.calls };
  }

  /** @returns the cursor of the next page */
  private async readPage(page: number, cursor: string | null): Promise<string | null> {
    const { since } = this.options;
    const hash = new PageHash();
    const end = await this.call('providers', page, (progress) =>
      this.client.fetchPage({ token: this.token, cursor, since }, progress, this.signal, async (slice) => {
        hash.add(slice);
        const difference = this.records.add(slice);
        await this.differences?.add(difference);
      }),
    );
    const totals = this.pages.add(end, cursor, hash.digest());
    refuseBadPages(totals, end.next, this.partner);
    this.records.endPage(end);
    this.read = this.readSoFar(page, { next: end.next, total: totals.total });
    return end.next;
  }

  private readSoFar(pages: number, { next, total }: Pick<PageTotals, 'total'> & { next: string | null }) {
    return {
      ...this.records.records,
      pages,
      isWhole: pages > 0 && next === null,
      next: next === null ? null : this.options.hider.address(next, this.token),
      total,
      differences: this.differences?.differences ?? null,
    };
  }

  private async call<T>(
    endpoint: Endpoint,
    page: number | null,
    make: (progress: CallProgress) => Promise<T>,
  ): Promise<T> {
    let request: ShownRequest | null = null;
    const progress: CallProgress = {
      httpStatus: null,
      bytes: null,
      onSend: (sent) => {
        request = this.options.hider.request(sent, this.token);
      },
    };
    const startedAt = performance.now();
    try {
      return await make(progress);
    } finally {
      const { httpStatus, bytes } = progress;
      const tookMs = Math.round(performance.now() - startedAt);
      this.calls.push({ endpoint, page, request, httpStatus, bytes, tookMs });
    }
  }
}
