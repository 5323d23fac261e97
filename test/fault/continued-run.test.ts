import type { SyncResult } from '../../src/contract/run';
import { seededRandom } from '../../src/simulator/random';
import { killCommands } from '../support/command';
import { KINDS, type PageStrike, planStrikes, type Victim } from '../support/page-strikes';
import { PagedRun } from '../support/paged-run';

/*
 * Runs with 41 pages, which Temporal soon asks to continue as a new Temporal run. Their worker, Postgres and Temporal
 * are killed with SIGKILL in the call for a page, after a page is staged, between two pages, and while it continues.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const PAGES = 41;
/** So that a run with 41 pages continues several times. A page makes six events. */
const SETTINGS = ['limit.historyCount.suggestContinueAsNew=60'];

/** What every run must end with. */
const EXACT = {
  status: 'succeeded',
  failure: null,
  lost: [],
  unexpected: [],
  unrecorded: [],
  holders: ['the run'],
  stagedRows: 0,
  authCalls: 1,
};

/** The first continuation is at page 9 or 10. These pages are after it. */
const LATER_PAGES = Array.from({ length: PAGES - 12 }, (_, index) => index + 13);
/** In the call for this page another start is tried. */
const RIVAL_PAGE = 12;

async function withPages(test: (run: PagedRun) => Promise<void>): Promise<void> {
  const run = await PagedRun.open({ pages: PAGES, settings: SETTINGS });
  try {
    await test(run);
  } finally {
    await run.close();
  }
}

/** Strikes while the run continues for the first time, and then at random moments of random pages. */
function strikesOf(victim: Victim, seed: number, times: number): readonly PageStrike[] {
  const kinds = Array.from({ length: times }, () => KINDS.filter((kind) => kind.victim === victim)).flat();
  return [{ page: 1, victim, moment: 'continuing' }, ...planStrikes(kinds, LATER_PAGES, seededRandom(seed))];
}

function describeStrikes(strikes: readonly PageStrike[]): string {
  return strikes.map(({ page, moment }) => `${page} (${moment})`).join(', ');
}

describe('a run that continues as new Temporal runs', () => {
  const cases = [
    { victim: 'worker', seed: 1, times: 2 },
    { victim: 'Postgres', seed: 2, times: 1 },
    { victim: 'Temporal', seed: 3, times: 1 },
  ] as const;
  for (const { victim, seed, times } of cases) {
    const strikes = strikesOf(victim, seed, times);
    it.concurrent(
      `ends with everyone if its ${victim} is killed in the pages ${describeStrikes(strikes)}`,
      () =>
        withPages(async (run) => {
          let rival: SyncResult | undefined;
          const outcome = await run.complete(strikes, async (page) => {
            if (page === RIVAL_PAGE) rival ??= await (await run.scenario.startRun('rival')).result;
          });
          expect(outcome).toMatchObject(EXACT);
          expect(outcome.temporalRuns).toBeGreaterThanOrEqual(3);
          expect(outcome.mostCalls).toBeLessThanOrEqual(3);
          expect(rival).toMatchObject({ status: 'skipped', holder: { workflowId: outcome.workflowId } });
        }),
      PATIENCE_MS,
    );
  }
});
