import { randomUUID } from 'node:crypto';
import { stringify } from 'yaml';
import { callTimeout, TIMEOUTS } from '../../../src/contract/timeouts';
import { checkPartner } from '../../../src/operations/partner-check/check-partner';
import type { Partner } from '../../../src/partner/config/partner';
import { parsePartners } from '../../../src/partner/config/partners-file';
import { createLogger } from '../../../src/process/logger';
import { getRun } from '../../../src/store/runs/read-runs';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { watchSync } from '../../../src/temporal/runs/watch-sync';
import { startEngine } from '../../support/engine';
import { type PageOutcome, pagedEntry, personOf, startPagedPartner } from '../../support/paged-partner';
import { directory } from '../../support/system';
import { createDatabaseToMigrate } from '../../support/test-database';
import { useOpened } from '../../support/use-opened';

const RECORDS = 25;

/** Every call for the page has this outcome. */
const again = (outcome: PageOutcome) => Array(3).fill(outcome);

type Outcomes = { readonly [page: number]: PageOutcome[] };
/** The number of records that each page announces. */
type Total = number | ((page: number) => number);
const EVERYONE = Array.from({ length: RECORDS }, (_, index) => personOf(index)).sort();

async function startPagedSystem() {
  const partner = await startPagedPartner(RECORDS);
  const database = await createDatabaseToMigrate();
  const entry = pagedEntry(partner.url);
  const { providers } = entry;
  const partnersFile = stringify({
    partners: {
      paged: entry,
      few: { ...entry, providers: { ...providers, maximumPages: 2 } },
      one: { ...entry, providers: { ...providers, next: undefined } },
      big: { ...entry, maxBytes: 64 * 2 ** 20, providers: { ...providers, next: undefined } },
      small: { ...entry, providers: { ...providers, maximumCount: 20 } },
      alone: { ...entry, providers: { ...providers, next: undefined, total: undefined, minimumCount: 11 } },
      posted: {
        ...entry,
        providers: { ...providers, body: { range: { size: 10 } }, next: { offset: { body: 'range.skip' } } },
      },
      linked: { ...entry, providers: { ...providers, next: { link: 'next' } } },
    },
  });
  const engine = await startEngine({
    databaseUrl: database.url,
    temporalAddress: process.env.TEST_TEMPORAL_ADDRESS ?? '',
    taskQueue: randomUUID(),
    partnersFile,
    log: createLogger('silent'),
  });
  /** Milliseconds that an attempt to get providers may take. */
  async function fetchTimeout(workflowId: string): Promise<number> {
    const { events } = await engine.client.workflow.getHandle(workflowId).fetchHistory();
    const scheduled = events
      ?.map(({ activityTaskScheduledEventAttributes: attributes }) => attributes)
      .find((attributes) => attributes?.activityType?.name === 'fetchProviders');
    return Number(scheduled?.startToCloseTimeout?.seconds) * 1000;
  }

  function behave(outcomes: Outcomes, total: Total): void {
    partner.totalOn = typeof total === 'number' ? () => total : total;
    const left = structuredClone(outcomes);
    partner.onPage = (page) => left[page]?.shift() ?? 'ok';
  }

  return {
    ...engine,
    partner,
    fetchTimeout,
    async sync(name = 'paged', outcomes: Outcomes = {}, total: Total = RECORDS) {
      const before = partner.calls.length;
      behave(outcomes, total);
      const handle = await startSync(engine.client, engine.config.taskQueue, {
        partner: name,
        trigger: 'cli',
      });
      const outcome = await watchSync(handle, () => undefined);
      const run = await getRun(engine.dataSource, handle.workflowId);
      return {
        workflowId: handle.workflowId,
        outcome,
        run,
        calls: partner.calls.slice(before).map(({ page }) => page),
      };
    },
    /** What `partners check` reports. */
    check(name: string, outcomes: Outcomes, total: Total) {
      behave(outcomes, total);
      const entry = parsePartners(partnersFile, {}).get(name) as Partner;
      return checkPartner(entry, { pages: 100, variables: [], store: null });
    },
    async staged() {
      const [row]: [{ count: number }] = await engine.dataSource.query(
        'SELECT (SELECT count(*) FROM staged_records)::int + (SELECT count(*) FROM staged_pages)::int AS count',
      );
      return row.count;
    },
    async stop() {
      await partner.close();
      await engine.stop();
      await database.drop();
    },
  };
}

describe('an answer with several pages', () => {
  const system = useOpened(startPagedSystem, ({ stop }) => stop());

  it('is one run, which stores the people of all pages', async () => {
    const { outcome, run, calls } = await system.sync();
    expect(outcome).toMatchObject({ status: 'succeeded', received: RECORDS, inserted: RECORDS });
    expect(calls).toEqual([null, 1, 2, 3, 4]);
    expect(await directory(system.dataSource)).toEqual(EVERYONE);
    expect(
      run?.calls.map(({ endpoint, page, attempt, outcome: how }) => [endpoint, page, attempt, how]),
    ).toEqual([
      ['auth', 1, 1, 'ok'],
      ['providers', 1, 1, 'ok'],
      ['providers', 2, 1, 'ok'],
      ['providers', 3, 1, 'ok'],
      ['providers', 4, 1, 'ok'],
    ]);
    expect(await system.staged()).toBe(0);
  });

  it('writes each call for a page to the ledger once, with its page', async () => {
    const { run } = await system.sync();
    // A second write would lock the row.
    const rows: { page: number; locked: boolean }[] = await system.dataSource.query(
      `SELECT page, xmax::text <> '0' AS locked FROM partner_calls
       WHERE run_id = $1 AND endpoint = 'providers' ORDER BY page`,
      [run?.id],
    );
    expect(rows).toEqual([1, 2, 3, 4].map((page) => ({ page, locked: false })));
  });

  it('repeats only the page that failed, and renews a token that expired at a page', async () => {
    const { outcome, calls } = await system.sync('paged', { 2: ['cut', 'error500'], 3: ['expired'] });
    expect(outcome).toMatchObject({ status: 'succeeded', unchanged: RECORDS });
    expect(calls).toEqual([null, 1, 2, 2, 2, 3, null, 3, 4]);
  });

  it('leaves the directory as it was if one page fails three times', async () => {
    const { outcome, calls, run } = await system.sync('paged', { 3: ['cut', 'cut', 'cut'] });
    expect(outcome).toMatchObject({ status: 'failed', failure: { type: 'IncompleteResponse' } });
    expect(calls).toEqual([null, 1, 2, 3, 3, 3]);
    expect(run?.calls).toHaveLength(6);
    expect(await directory(system.dataSource)).toEqual(EVERYONE);
    expect(await system.staged()).toBe(0);
  });

  it('fails if the sum of its records is not the announced total', async () => {
    const { outcome, calls, run } = await system.sync('paged', {}, RECORDS + 1);
    expect(outcome).toMatchObject({ status: 'failed', failure: { type: 'IncompleteResponse' } });
    expect(calls).toEqual([null, 1, 2, 3, 4, 4, 4]);
    expect(run?.failure?.message).toContain('25 records of 26');
    expect(run?.calls.at(-1)).toMatchObject({ page: 4, attempt: 3, outcome: 'IncompleteResponse' });
  });

  it('fails if the partner sends a page again in place of the next one', async () => {
    const { outcome, calls, run } = await system.sync('paged', { 2: ['first', 'first', 'first'] });
    expect(outcome).toMatchObject({ status: 'failed', failure: { type: 'IncompleteResponse' } });
    expect(calls).toEqual([null, 1, 2, 2, 2]);
    expect(run?.failure?.message).toContain('page 2 had the same records as page 1');
  });

  it('may grow while it is read', async () => {
    const { outcome } = await system.sync('paged', {}, (page) => (page === 1 ? RECORDS - 2 : RECORDS));
    expect(outcome).toMatchObject({ status: 'succeeded', received: RECORDS });
  });

  it.each<[string, string, Outcomes, Total, string]>([
    ['a page that is sent again', 'paged', { 3: again('first') }, RECORDS, 'page 3 had the same records as'],
    [
      'a page that is sent again, whatever the body',
      'posted',
      { 3: again('first') },
      RECORDS,
      'page 3 had the same',
    ],
    ['a link to an earlier page', 'linked', { 3: again('back') }, RECORDS, 'the next page was page 2 again'],
    ['too many pages', 'few', {}, RECORDS, 'maximumPages (2)'],
    ['too many records', 'small', {}, RECORDS, 'maximumCount (20)'],
    ['a short list of one page', 'alone', {}, RECORDS, '10 records where at least 11 were expected'],
    ['another total of one page', 'one', {}, 11, '10 records of 11'],
    ['another total at the end', 'paged', {}, RECORDS + 1, '25 records of 26'],
    ['more records than the total', 'paged', {}, 15, '20 records of 15'],
    ['a total that shrinks', 'paged', {}, (page) => RECORDS + 3 - page, 'the total was 26 records'],
  ])('fails in partners check as in a run: %s', async (_, name, outcomes, total, message) => {
    const { run } = await system.sync(name, outcomes, total);
    const { failure } = await system.check(name, outcomes, total);
    expect(run?.failure?.message).toContain(message);
    expect(failure).toMatchObject({
      type: run?.failure?.type,
      message: expect.stringContaining(message),
    });
  });

  it('has more time in its first run already, if maxBytes allows a large answer', async () => {
    const { workflowId: small } = await system.sync('one', {}, 10);
    expect(await system.fetchTimeout(small)).toBe(callTimeout(10_000));
    const { workflowId: large } = await system.sync('big', {}, 10);
    expect(await system.fetchTimeout(large)).toBe(TIMEOUTS.stagedPage);
  });

  it.each([
    ['few', 'maximumPages', [null, 1, 2]],
    ['small', 'maximumCount', [null, 1, 2, 3]],
  ] as const)('fails if %s has more than its %s', async (name, limit, expected) => {
    const { outcome, calls, run } = await system.sync(name);
    expect(outcome).toMatchObject({ status: 'failed', failure: { type: 'ResponseTooLarge' } });
    expect(run?.failure?.message).toContain(limit);
    expect(calls).toEqual(expected);
  });

  it('repeats only the page that failed, if the body says which page is requested, and is replayed', async () => {
    const { outcome, calls, run } = await system.sync('posted', { 2: ['cut', 'error500'], 3: ['expired'] });
    expect(outcome).toMatchObject({ status: 'succeeded', received: RECORDS });
    expect(calls).toEqual([null, 1, 2, 2, 2, 3, null, 3, 4]);
    const before = system.partner.calls.length;
    const start = { partner: 'posted', trigger: 'cli', replay: run?.id } as const;
    const replay = await startSync(system.client, system.config.taskQueue, start);
    expect(await watchSync(replay, () => undefined)).toMatchObject({
      status: 'succeeded',
      unchanged: RECORDS,
    });
    expect(system.partner.calls).toHaveLength(before);
  });
});
