import { stringify } from 'yaml';
import { killCommands } from '../support/command';
import { type PagedPartner, pagedEntry, personOf, startPagedPartner } from '../support/paged-partner';
import { inScenario, type Scenario, until } from '../support/scenario';
import { directory } from '../support/system';
import { startWorkerHereWithPartners, startWorkerWithPartners } from '../support/worker-with-partners';

/*
 * Runs with three full pages and an empty one, whose worker or Postgres fails in each of them.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const RECORDS = 30;
const PAGES = [1, 2, 3, 4];
const EVERYONE = Array.from({ length: RECORDS }, (_, index) => personOf(index)).sort();

function withPages(
  test: (scenario: Scenario, partner: PagedPartner, partners: string) => Promise<void>,
): () => Promise<void> {
  return inScenario({}, async (scenario) => {
    const partner = await startPagedPartner(RECORDS);
    const partners = stringify({ partners: { noteworth: pagedEntry(partner.url) } });
    try {
      await test(scenario, partner, partners);
    } finally {
      await partner.close();
    }
  });
}

async function expectEveryone({ dataSource }: Scenario, partner: PagedPartner): Promise<void> {
  expect(await directory(dataSource)).toEqual(EVERYONE);
  for (const page of PAGES) expect(partner.count(page)).toBeLessThanOrEqual(3);
  const [row]: [{ count: number }] = await dataSource.query(
    'SELECT count(*)::int AS count FROM staged_pages',
  );
  expect(row.count).toBe(0);
}

describe('a run with several pages', () => {
  it.concurrent(
    'ends with everyone if its worker is killed in each page',
    withPages(async (scenario, partner, partners) => {
      partner.onPage = (_page, nth) => (nth === 1 ? 'hang' : 'ok');
      const { result } = await scenario.startRun();
      for (const page of PAGES) {
        const worker = await startWorkerWithPartners(scenario, partners);
        await until(() => partner.count(page) === 1);
        await worker.end('SIGKILL');
      }
      await startWorkerHereWithPartners(scenario, partners);
      expect(await result).toMatchObject({ status: 'succeeded', received: RECORDS, inserted: RECORDS });
      await expectEveryone(scenario, partner);
      expect(partner.calls.map(({ page }) => page)).toEqual([null, 1, 1, 2, 2, 3, 3, 4, 4]);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'ends with everyone if Postgres ends all sessions during each page, without another call',
    withPages(async (scenario, partner, partners) => {
      partner.onPage = async () => {
        await scenario.endSessions();
        return 'ok' as const;
      };
      await startWorkerHereWithPartners(scenario, partners);
      const { result } = await scenario.startRun();
      expect(await result).toMatchObject({ status: 'succeeded', inserted: RECORDS });
      await expectEveryone(scenario, partner);
      expect(partner.calls.map(({ page }) => page)).toEqual([null, 1, 2, 3, 4]);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'leaves nothing if it is cancelled in the middle',
    withPages(async (scenario, partner, partners) => {
      partner.onPage = (page) => (page === 3 ? 'hang' : 'ok');
      await startWorkerHereWithPartners(scenario, partners);
      const { handle, result, run } = await scenario.startRun();
      await until(() => partner.count(3) === 1);
      await handle.cancel();
      await expect(result).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      expect((await run()).status).toBe('cancelled');
      expect(await directory(scenario.dataSource)).toEqual([]);
      const [row]: [{ count: number }] = await scenario.dataSource.query(
        'SELECT count(*)::int AS count FROM staged_records',
      );
      expect(row.count).toBe(0);
    }),
    PATIENCE_MS,
  );
});
