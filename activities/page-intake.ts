import type { DataSource } from 'typeorm';
import type { StagedPages, WholeAnswer } from '../src/contract/activities';
import type { PartnerCall } from '../src/contract/call';
import type { CheckedSlice, PageEnd } from '../src/partner/answer/checked-page';
import { AnswerCollector } from '../src/partner/answer/collect-answer';
import { placeRejections } from '../src/partner/answer/rejected-person';
import type { Partner } from '../src/partner/config/partner';
import type { PageCopier } from '../src/partner/page/page-head';
import { type PageTotals, refuseBadPages } from '../src/partner/page/page-totals';
import type { Logger } from '../src/process/logger';
import type { SealedPart } from '../src/store/answers/answer-copy';
import type { PageCopy } from '../src/store/answers/copy-page';
import type { StagedSlice } from '../src/store/staging/copy-records';
import { openPageStream, type PageStream } from '../src/store/staging/page-stream';
import type { PageToStage, StagedPageEnd } from '../src/store/staging/stage-page';
import { patiently } from '../src/store/staging/wait-for-store';

/**
 * A page with fewer characters, as JSON, is kept in memory and staged in one short transaction after its last byte. A
 * larger one is staged while it arrives.
 */
const MOST_KEPT = 2 ** 20;

interface IntakeOptions {
  readonly dataSource: DataSource;
  readonly log: Logger;
  readonly partner: Partner;
  readonly mappingHash: string;
  readonly page: PageToStage;
  /** Copies the page; null if no copy is kept. */
  readonly copy: PageCopy | null;
  /** Ends what is staged. */
  readonly signal: AbortSignal;
}

/** Takes the records of a page. A small answer with one page becomes a whole; every other page is staged. */
export class PageIntake {
  private whole: AnswerCollector | null;
  private kept: CheckedSlice[] = [];
  private parts: SealedPart[] = [];
  private length = 0;
  private stream: PageStream | null = null;
  private end: PageEnd | null = null;

  constructor(private readonly options: IntakeOptions) {
    this.whole = options.page.page === 1 ? new AnswerCollector(options.partner) : null;
  }

  async add(slice: CheckedSlice): Promise<void> {
    if (this.stream) return this.stream.add(this.toStage(slice));
    await this.whole?.add(slice);
    this.kept.push(slice);
    this.length += JSON.stringify([slice.providers, slice.rejected]).length;
    if (this.length < MOST_KEPT) return;
    this.whole = null;
    const stream = this.open();
    this.stream = stream;
    for (const each of this.kept) await stream.add(this.toStage(each));
    await stream.add(partsOnly(this.parts));
    this.kept = [];
    this.parts = [];
  }

  /** Takes the copy of the page, if one is kept. */
  get copier(): PageCopier | undefined {
    const { copy } = this.options;
    if (!copy) return undefined;
    return {
      begin: async (head) => this.keep(await copy.begin(head)),
      add: async (chunk) => this.keep(await copy.add(chunk)),
    };
  }

  /**
   * @param calls that the ledger may lack
   * @throws PartnerFailure if the pages so far are not a good answer
   */
  async finish(
    end: PageEnd,
    calls: readonly PartnerCall[],
  ): Promise<WholeAnswer | { readonly staged: StagedPages }> {
    this.end = end;
    const answerSha256 = await this.finishCopy();
    if (this.whole && end.next === null && !this.whole.isTooLarge) {
      const copy = answerSha256 && { parts: this.parts.map(toBase64), sha256: answerSha256.toString('hex') };
      return { ...this.whole.finish(end), ...(copy && { copy }) };
    }
    const { log, signal, mappingHash } = this.options;
    const pageEnd = { ...end, answerSha256, calls };
    const { pages, records, total } = this.stream
      ? await this.stream.finish(pageEnd)
      : await patiently(log, signal, () => this.stageKept(pageEnd));
    return { staged: { pages, received: records, total, next: end.next, mappingHash } };
  }

  async abort(): Promise<void> {
    await this.stream?.abort();
  }

  /** Adds parts of the copy to the page. */
  private async keep(parts: readonly SealedPart[]): Promise<void> {
    if (parts.length === 0) return;
    if (this.stream) return this.stream.add(partsOnly(parts));
    this.parts.push(...parts);
    this.whole?.carry(parts.reduce((bytes, { sealed }) => bytes + sealed.length, 0));
  }

  private async finishCopy(): Promise<Buffer | null> {
    const finished = await this.options.copy?.finish();
    if (!finished) return null;
    await this.keep(finished.parts);
    return finished.sha256;
  }

  private async stageKept(end: StagedPageEnd): Promise<PageTotals> {
    const stream = this.open();
    try {
      for (const slice of this.kept) await stream.add(this.toStage(slice));
      if (this.parts.length > 0) await stream.add(partsOnly(this.parts));
      return await stream.finish(end);
    } catch (error) {
      await stream.abort();
      throw error;
    }
  }

  private toStage({ providers, rejected }: CheckedSlice): StagedSlice {
    return { providers, rejected: placeRejections(this.options.partner, rejected) };
  }

  private open(): PageStream {
    const { dataSource, page, partner, signal } = this.options;
    const accept = (totals: PageTotals) => refuseBadPages(totals, this.end?.next ?? null, partner);
    return openPageStream(dataSource, page, accept, signal);
  }
}

function partsOnly(parts: readonly SealedPart[]) {
  return { providers: [], rejected: [], parts };
}

function toBase64({ sealed }: SealedPart): string {
  return sealed.toString('base64');
}
