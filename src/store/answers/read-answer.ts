import type { DataSource } from 'typeorm';
import type { Feed } from '../../contract/answer';
import { NamedFailure } from '../../contract/named-failure';
import type { PageHead } from '../../partner/page/page-head';
import type { PayloadKeys } from '../../process/payload-keys';
import { isId } from '../lists/conditions';
import { openPart } from './answer-copy';

/** Parts that are read at a time. */
const BATCH = 8;

/** A run whose answer is to be read again. */
export interface AnswerOf {
  /** Our id of the run that received the answer. */
  readonly runId: string;
  readonly partner: string;
  readonly feed: Feed;
}

interface Found {
  readonly partner: string;
  readonly isKept: boolean;
  /** Whether a later answer of the partner was stored. */
  readonly isOutdated: boolean;
}

/**
 * Checks that the answer of a run can be read again. A later sample says nothing about the people that it lacks, so an
 * earlier one can be replayed. A later list replaces an earlier one.
 *
 * @throws NamedFailure `AnswerUnavailable` with the reason
 */
export async function requireAnswer(
  dataSource: DataSource,
  { runId, partner, feed }: AnswerOf,
): Promise<void> {
  const [found]: [Found?] = isId(runId)
    ? await dataSource.query(
        `SELECT partner, answer_kept_until > now() AS "isKept",
           EXISTS (
             SELECT FROM sync_runs later LEFT JOIN sync_runs source ON source.id = later.replay_of
             WHERE later.partner = run.partner AND later.status = 'succeeded'
               AND coalesce(source.finished_at, later.finished_at) > run.finished_at) AS "isOutdated"
         FROM sync_runs run WHERE id = $1`,
        [runId],
      )
    : [];
  if (!found) throw unavailable(`There is no run ${runId}.`);
  if (found.partner !== partner) {
    throw unavailable(`Run ${runId} is a run of ${found.partner}, not of ${partner}.`);
  }
  if (!found.isKept) throw unavailable(`The answer of run ${runId} is not kept.`);
  if (found.isOutdated && feed !== 'sample') {
    throw unavailable(`A later list of ${partner} has been stored since run ${runId}.`);
  }
}

/** The number of pages of a kept answer. */
export async function countPages(dataSource: DataSource, runId: string): Promise<number> {
  const [{ pages }]: [{ pages: number }] = await dataSource.query(
    'SELECT coalesce(max(page), 0) AS pages FROM kept_answers WHERE run_id = $1',
    [runId],
  );
  return pages;
}

/** One page of a kept answer. */
export interface KeptPage {
  readonly runId: string;
  /** From 1. */
  readonly page: number;
}

/** A page of a kept answer: what describes it, and its body. */
export interface OpenedPage {
  readonly head: PageHead;
  readonly body: AsyncIterable<Buffer>;
}

/**
 * Reads a page of a kept answer again. Its body is read a few parts at a time.
 *
 * @throws NamedFailure `AnswerUnavailable`, also while the body is read
 */
export async function openPage(
  dataSource: DataSource,
  keys: PayloadKeys,
  page: KeptPage,
): Promise<OpenedPage> {
  const parts = readParts(dataSource, keys, page);
  const first = await parts.next();
  if (first.done) throw unavailable(`Page ${page.page} of the answer of run ${page.runId} is not there.`);
  return { head: JSON.parse(first.value.toString()) as PageHead, body: parts };
}

async function* readParts(
  dataSource: DataSource,
  keys: PayloadKeys,
  { runId, page }: KeptPage,
): AsyncGenerator<Buffer> {
  for (let next = 0; ; next += BATCH) {
    const rows: { readonly part: number; readonly sealed: Buffer }[] = await dataSource.query(
      `SELECT part, sealed FROM kept_answers WHERE run_id = $1 AND page = $2 AND part >= $3
       ORDER BY part LIMIT ${BATCH + 1}`,
      [runId, page, next],
    );
    const hasMore = rows.length > BATCH;
    for (const [index, { part, sealed }] of rows.slice(0, BATCH).entries()) {
      const isLast = !hasMore && index === rows.length - 1;
      yield await openPart(sealed, keys, { runId, page, part, isLast });
    }
    if (!hasMore) return;
  }
}

function unavailable(message: string): NamedFailure {
  return new NamedFailure('AnswerUnavailable', message);
}
