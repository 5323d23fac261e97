import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerCollector } from '../../../src/partner/answer/collect-answer';
import { PartnerFailure } from '../../../src/partner/call/partner-failure';
import { createPageReader } from '../../../src/partner/page/read-page';
import { partnerWith } from '../../support/partners';
import type { BenchOptions } from './bench-options';
import { ManyPeople } from './many-people';
import { timed } from './measure';
import { bytes, ms, type Report, whole } from './report';

const SIZES = [1_000, 10_000, 30_000, 100_000, 1_000_000];
const CHUNK = 64 * 1024;
const partner = partnerWith({
  maxBytes: 64 * 2 ** 20,
  providers: { maximumCount: 1_000_000 },
});
const readPage = createPageReader(partner);

interface Checked {
  readonly took: number;
  /** The longest time for which the event loop was blocked. */
  readonly block: number;
  readonly outcome: string;
}

/** Compares checking an answer with JSON.parse alone, and measures how long the worker's event loop is blocked. */
export async function benchChecking({ largest }: BenchOptions): Promise<Report> {
  const rows: string[][] = [];
  for (const size of SIZES.filter((size) => size <= largest)) {
    const people = [...new ManyPeople(size).list(0)].map((one) => ({
      name_given: one.givenName,
      name_family: one.familyName,
      title: one.title,
      clinic: one.clinic,
    }));
    for (const [what, records] of [
      ['people', people],
      ['empty records', people.map(() => ({}))],
    ] as const) {
      const body = Buffer.from(JSON.stringify({ providers: records }));
      if (body.length > partner.maxBytes) continue;
      const parsing = await timed(async () => JSON.parse(body.toString()));
      const { took, block, outcome } = await check(body);
      rows.push([`${whole(size)} ${what}`, bytes(body.length), ms(parsing), ms(took), ms(block), outcome]);
    }
  }
  return {
    title: 'Checking an answer',
    notes: ['In milliseconds, once each. The block is the longest time without a turn of the event loop.'],
    headings: ['answer', 'size', 'JSON.parse', 'check', 'longest block', 'outcome'],
    rows,
  };
}

async function check(body: Buffer): Promise<Checked> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  let outcome = 'usable';
  await sleep(10);
  delays.enable();
  const took = await timed(async () => {
    try {
      const collector = new AnswerCollector(partner);
      const page = { url: new URL(partner.baseUrl), isFirst: true, headers: {}, body: chunksOf(body) };
      const { unusable } = collector.finish(await readPage(page, (slice) => collector.add(slice)));
      if (unusable !== null) outcome = 'UnusableAnswer';
    } catch (error) {
      if (!(error instanceof PartnerFailure)) throw error;
      outcome = error.type;
    }
  });
  delays.disable();
  return { took, block: delays.max / 1e6, outcome };
}

async function* chunksOf(body: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < body.length; from += CHUNK) yield body.subarray(from, from + CHUNK);
}
