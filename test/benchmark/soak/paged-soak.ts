import { seededRandom } from '../../../src/simulator/random';
import { KINDS, planStrikes } from '../../support/page-strikes';
import { PAGED_SIZE } from '../../support/paged-partner';
import { PagedRun } from '../../support/paged-run';
import { fact, type Line, never } from './table';

/** In this many pages, each server is killed once at each moment of a page. */
const PAGES_PER_ROUND = 1_000;

export interface PagedSoakOptions {
  readonly pages: number;
  readonly seed: number;
  /** The run is given up after this many. */
  readonly minutes: number;
  readonly tell: (progress: string) => void;
}

/**
 * Executes one run with many pages, while the worker, Postgres and Temporal are killed with SIGKILL at random pages.
 * Then compares what is stored with the pages that were served.
 */
export async function soakPages({ pages, seed, minutes, tell }: PagedSoakOptions): Promise<Line[]> {
  const run = await PagedRun.open({ pages, within: minutes * 60_000 });
  try {
    const rounds = Math.ceil(pages / PAGES_PER_ROUND);
    const kinds = Array.from({ length: rounds }, () => KINDS).flat();
    const strikes = planStrikes(kinds, run.pages, seededRandom(seed)).sort((a, b) => a.page - b.page);
    const byPage = new Map(strikes.map(({ page, victim, moment }) => [page, `${victim} killed (${moment})`]));
    const began = performance.now();
    const outcome = await run.complete(strikes, async (page) => {
      const strike = byPage.get(page);
      if (byPage.delete(page)) tell(`Page ${page} of ${pages}: ${strike}`);
    });
    const took = ((performance.now() - began) / 60_000).toFixed(1);
    const { partner } = run;
    return [
      fact('a run with pages', `${pages} in ${took} minutes (seed ${seed})`),
      fact('  killed at random pages', strikes.length),
      never('  not succeeded', outcome.status === 'succeeded' ? [] : [outcome.failure ?? outcome.status]),
      fact('  Temporal runs', outcome.temporalRuns),
      never(
        '  without its claim, or beside another run',
        outcome.holders.filter((holder) => holder !== 'the run'),
      ),
      fact('calls at the partner', partner.calls.length),
      fact('  to /auth', outcome.authCalls),
      fact('  most for a page', outcome.mostCalls),
      never('  pages with more than 3', outcome.mostCalls > 3 ? 1 : 0),
      never(
        '  pages with a call that the ledger lacks',
        outcome.unrecorded.map((page) => `page ${page}`),
      ),
      fact('providers served', (pages - 1) * PAGED_SIZE),
      never('  lost', outcome.lost),
      never('  doubled, or never served', outcome.unexpected),
      never('rows left in the staging tables', outcome.stagedRows),
    ];
  } finally {
    await run.close();
  }
}
