import { listRejectedRecords } from '../../../src/store/directory/read-rejected-records';
import { readStats } from '../../../src/store/directory/read-stats';
import { findFailingStreak } from '../../../src/store/runs/failing-streak';
import { ask } from '../../support/api';
import { runHere } from '../../support/command-here';
import { person, serving, TEN } from '../../support/people';
import { type Site, startSite } from '../../support/site';
import { directory, type System } from '../../support/system';

let site: Site;
let system: System;

beforeAll(async () => {
  site = await startSite();
  system = site.system;
});
afterAll(() => site.close());
beforeEach(() => system.dataSource.query('TRUNCATE sync_runs, providers CASCADE'));

/** People as a partner sends them after it renamed a field. */
const renamed = TEN.map(({ name_family, ...rest }) => ({ ...rest, surname: name_family }));

const rejectedOf = async (runId: string) =>
  (await listRejectedRecords(system.dataSource, { runId, limit: 50 })).items;

describe('a run whose answer cannot be used', () => {
  it('fails as UnusableAnswer after one call, and keeps the rejected records', async () => {
    await system.sync({ providers: [serving(...TEN)] });
    const { run, outcome } = await system.sync({ providers: [serving(...renamed)] });
    expect(outcome.status).toBe('failed');
    expect(run).toMatchObject({
      status: 'failed',
      failure: {
        type: 'UnusableAnswer',
        message: expect.stringContaining('10 of 10 records cannot be used: name_family is missing (10).'),
      },
      received: 10,
      rejected: 10,
      inserted: 0,
      unknownFields: ['surname'],
      vanishedFields: ['name_family'],
    });
    expect(run.calls.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    expect(system.calls('providers')).toBe(1);
    const records = await rejectedOf(run.id);
    expect(records).toHaveLength(10);
    expect(records.map(({ raw }) => JSON.parse(raw ?? '')).reverse()).toEqual(renamed);
  });

  it('leaves the directory and its freshness as they were, and counts as failed', async () => {
    const good = await system.sync({ providers: [serving(...TEN)] });
    const before = await directory(system.dataSource);
    await system.sync({ providers: [serving(...renamed)] });
    await system.sync({ providers: [serving(...Array(10).fill(TEN[0]))] });
    expect(await directory(system.dataSource)).toEqual(before);
    const [stats] = await readStats(system.dataSource);
    expect(stats).toMatchObject({
      lastSuccess: { id: good.run.id },
      last24Hours: { succeeded: 1, failed: 2 },
      rejectedLast24Hours: 10,
    });
    expect(await findFailingStreak(system.dataSource, 'noteworth', 2)).not.toBeNull();
  });

  it('is one with too many rejected records, even if others can be used', async () => {
    const bad = Array.from({ length: 3 }, () => person('Bo', { clinic: null }));
    const { run } = await system.sync({ providers: [serving(...TEN.slice(3), ...bad)] });
    expect(run.failure?.message).toContain(
      '3 of 10 records cannot be used: clinic is empty (null) (3). At most 20 % may be rejected.',
    );
    expect(await directory(system.dataSource)).toEqual([]);
    expect(await rejectedOf(run.id)).toHaveLength(3);
  });

  it('is one with ten copies of one record', async () => {
    const { run } = await system.sync({ providers: [serving(...Array(10).fill(TEN[0]))] });
    expect(run).toMatchObject({
      failure: { type: 'UnusableAnswer' },
      received: 10,
      duplicates: 9,
      rejected: 0,
    });
  });

  it('quotes nothing of the records in its reason or in the log', async () => {
    const secret = person('Qwendolyn', { name_family: { secret: "O'Zakharenko" } });
    const { run } = await system.sync({ providers: [serving(...Array(10).fill(secret))] });
    expect(run.failure?.type).toBe('UnusableAnswer');
    expect(`${run.failure?.message} ${system.log()}`).not.toMatch(/Qwendolyn|Zakharenko/);
  });

  it('shows its rejected records in the API, the metrics, on the page and in the terminal', async () => {
    const { run } = await system.sync({ providers: [serving(...renamed)] });
    const list = await ask(site.api, `/api/v1/syncs/${run.id}/rejected-records`);
    expect(list.body.items).toHaveLength(10);
    const { body: metrics } = await ask<string>(site.api, '/metrics');
    expect(metrics).toContain('provider_sync_rejected_records_last_24_hours{partner="noteworth"} 10');
    expect(metrics).toContain('provider_sync_fresh{partner="noteworth"} 0');
    const { body: page } = await ask<string>(site.api, `/runs/${run.id}`, {
      headers: { Accept: 'text/html' },
    });
    expect(page).toContain('10 received, none stored: 10 rejected.');
    expect(page).toContain('name_family is missing');
    const shown = await runHere(['runs', 'show', run.id], { DATABASE_URL: system.databaseUrl });
    expect(shown.stdout).toMatch(/Answer +10 received, none stored: 10 rejected\n/);
    expect(shown.stdout).toMatch(/\n +10 +name_family +MissingField +is missing/);
  });
});

describe('a run with a few records that cannot be used', () => {
  it('stores the others and succeeds', async () => {
    const { run } = await system.sync({
      providers: [serving(...TEN.slice(2), null, person('Bo', { title: 5 }))],
    });
    expect(run).toMatchObject({ status: 'succeeded', received: 10, inserted: 8, rejected: 2 });
  });
});
