import type { CheckedProvider, Json } from '../../contract/answer';
import type { Endpoint } from '../../contract/call';
import type { FailureType } from '../../contract/failures';
import type { Remark } from '../../contract/remarks';
import type { CheckedSlice, PageEnd } from '../../partner/answer/checked-page';
import { TwinFinder } from '../../partner/answer/twin-finder';
import { createPartnerClient } from '../../partner/call/partner-client';
import { PartnerFailure } from '../../partner/call/partner-failure';
import type { CallProgress } from '../../partner/call/request';
import type { Partner } from '../../partner/config/partner';
import { needsToken } from '../../partner/config/request-scope';
import { NoListFailure } from '../../partner/page/no-list-failure';
import { PageHash } from '../../partner/page/page-hash';
import { PageTally, refuseBadPages } from '../../partner/page/page-totals';
import type { SecretHider, ShownRequest } from './hide-secrets';

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

/** A record that can be used. */
export interface UsableRecord {
  readonly provider: CheckedProvider;
  /** As the partner sent it. */
  readonly sent: Json;
}

/** What was read of a partner. */
export interface ReadPages extends ReturnType<TwinFinder['settle']> {
  readonly calls: readonly CheckedCall[];
  /** Complete pages. */
  readonly pages: number;
  readonly received: number;
  /** The first records that can be used. */
  readonly usable: readonly UsableRecord[];
  /** Whether all pages were read. */
  readonly isWhole: boolean;
  /** The cursor of the next page, without secrets; null if there is none. */
  readonly next: string | null;
  /** The number of records in all pages, as the partner states it; null if it states none. */
  readonly total: number | null;
  readonly unknownFields: readonly string[];
  readonly sentFields: readonly string[];
  readonly remarks: readonly Remark[];
  /** Why the reading ended early; null if it did not. */
  readonly failure: CheckFailure | null;
}

export interface ReadOptions {
  /** The largest number of pages. */
  readonly pages: number;
  /** ISO 8601: when the last successful run started; null before the first one. */
  readonly since: string | null;
  readonly hider: SecretHider;
}

/** Reads the first pages of a partner with the code of a sync. It makes each call once, and ends at a failure. */
export async function readPages(partner: Partner, options: ReadOptions): Promise<ReadPages> {
  const reading = new Reading(partner, options);
  const failure = await reading.read().then(() => null, toFailure);
  return { ...reading.result(), failure };
}

function toFailure(error: unknown): CheckFailure {
  if (!(error instanceof PartnerFailure)) throw error;
  const { type, message } = error;
  return { type, message, ...(error instanceof NoListFailure && { lists: error.lists }) };
}

/** Records that are looked at for advice. */
const MAX_LOOKED_AT = 100;

class Reading {
  private readonly client;
  private readonly calls: CheckedCall[] = [];
  private readonly finder = new TwinFinder();
  private readonly usable: UsableRecord[] = [];
  private readonly ends: PageEnd[] = [];
  private readonly tally = new PageTally();
  private received = 0;
  private token: string | null = null;
  private readonly signal = new AbortController().signal;

  constructor(
    private readonly partner: Partner,
    private readonly options: ReadOptions,
  ) {
    this.client = createPartnerClient(partner);
  }

  async read(): Promise<void> {
    if (needsToken(this.partner)) {
      this.token = await this.call('auth', null, (progress) =>
        this.client.authenticate(progress, this.signal),
      );
    }
    for (let cursor: string | null = null; this.ends.length < this.options.pages; ) {
      cursor = await this.readPage(cursor);
      if (cursor === null) return;
    }
  }

  result(): Omit<ReadPages, 'failure'> {
    const last = this.ends.at(-1);
    const allOf = (names: (end: PageEnd) => readonly string[]) => [...new Set(this.ends.flatMap(names))];
    return {
      ...this.finder.settle(),
      calls: this.calls,
      pages: this.ends.length,
      received: this.received,
      usable: this.usable,
      isWhole: last !== undefined && last.next === null,
      next: last?.next ? this.options.hider.address(last.next, this.token) : null,
      total: last?.total ?? null,
      unknownFields: allOf(({ unknownFields }) => unknownFields),
      sentFields: allOf(({ sentFields }) => sentFields),
      remarks: this.ends.flatMap(({ remarks }) => remarks),
    };
  }

  /** @returns the cursor of the next page */
  private async readPage(cursor: string | null): Promise<string | null> {
    const { since } = this.options;
    const request = { token: this.token, cursor, since };
    const slices: CheckedSlice[] = [];
    const hash = new PageHash();
    const end = await this.call('providers', this.ends.length + 1, (progress) =>
      this.client.fetchPage(request, progress, this.signal, async (slice) => {
        slices.push(slice);
        hash.add(slice);
      }),
    );
    refuseBadPages(this.tally.add(end, cursor, hash.digest()), end.next, this.partner);
    for (const slice of slices) this.take(slice);
    this.received += end.received;
    this.ends.push(end);
    return end.next;
  }

  /** Positions count within the page; here they count from the first page on. */
  private take({ providers, rejected, sent }: CheckedSlice): void {
    const place = <T extends { readonly position: number }>(records: readonly T[]) =>
      records.map((record) => ({ ...record, position: this.received + record.position }));
    this.finder.add({ providers: place(providers), rejected: place(rejected), sent });
    for (const [index, { position: _, ...provider }] of providers.entries()) {
      if (this.usable.length < MAX_LOOKED_AT) this.usable.push({ provider, sent: sent[index] as Json });
    }
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
