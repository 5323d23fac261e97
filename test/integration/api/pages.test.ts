import { dismissRejected } from '../../../src/store/directory/dismiss-rejected';
import { saveSync } from '../../../src/store/save/save-sync';
import { ask, useApi } from '../../support/api';
import { pageReader } from '../../support/page-reader';
import { answer, openedRun, provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));

const { show, exportOf } = pageReader(api);

/** A run with one provider and this many rejected records. */
async function rejectingRun(rejected: number, name = 'Ann'): Promise<string> {
  const runId = await openedRun(store.dataSource);
  await saveSync(store.dataSource, {
    runId,
    partner: 'noteworth',
    feed: 'sample',
    answer: {
      ...answer([provider('1')], { received: rejected + 1 }),
      rejected: Array.from({ length: rejected }, (_, position) => ({
        position,
        reason: 'BlankField',
        field: 'title',
        raw: '{}',
        identityKey: null,
        givenName: name,
        familyName: `Lee ${position}`,
      })),
    },
    calls: [],
  });
  return runId;
}

describe('the overview', () => {
  it('counts the open rejected records of all runs of the last 24 hours', async () => {
    await rejectingRun(7);
    await store.dataSource.query(`UPDATE rejected_records SET created_at = now() - interval '25 hours'`);
    const first = await rejectingRun(1);
    await store.dataSource.query(
      `UPDATE rejected_records SET created_at = now() - interval '3 hours' WHERE run_id = $1`,
      [first],
    );
    for (let runs = 1; runs < 50; runs += 1) await rejectingRun(1);
    const overview = async () => (await show('/')).body;
    expect(await overview()).toMatch(/hours\.<\/a> .*Began <time [^>]+>3 hours ago/);
    const repeated = '1 rejected record is open. It came 50 times in the last 24 hours.';
    expect(await overview()).toContain(repeated);
    const runId = await rejectingRun(2, 'Bo');
    expect(await overview()).toContain(
      '3 rejected records are open. They came 52 times in the last 24 hours.',
    );
    await dismissRejected(store.dataSource, { runId }, { by: 'zoe', reason: 'Retired.' });
    expect(await overview()).toContain(repeated);
  });
});

describe('the export of a page', () => {
  it('has the same people as the page: those who left', async () => {
    await sync(store.dataSource, 'snapshot', [provider('stays'), provider('leaves')]);
    await sync(store.dataSource, 'snapshot', [provider('stays')]);
    const left = await exportOf('/providers?listed=false');
    expect([left.includes('Family leaves'), left.includes('Family stays')]).toEqual([true, false]);
  });

  it('has the same people as the page: those who changed since, in the same order', async () => {
    await sync(store.dataSource, 'sample', [provider('old')]);
    await store.dataSource.query(
      `UPDATE providers SET first_seen_at = first_seen_at - interval '2 days', last_changed_at = last_changed_at - interval '2 days'`,
    );
    await sync(store.dataSource, 'sample', [provider('b')]);
    await sync(store.dataSource, 'sample', [provider('a')]);
    const since = encodeURIComponent(new Date(Date.now() - 60 * 60_000).toISOString());
    const lines = (await exportOf(`/providers?changedSince=${since}&sort=-firstSeenAt`)).split('\r\n');
    expect(lines.slice(1, -1).map((line) => line.split(',')[1])).toEqual(['Given a', 'Given b']);
  });

  it('has the runs of the filters, without the place in the list', async () => {
    const { runId: old } = await sync(store.dataSource, 'sample', [provider('1')]);
    await store.dataSource.query(`UPDATE sync_runs SET started_at = now() - interval '2 days'`);
    const { runId: young } = await sync(store.dataSource, 'sample', [provider('1')]);
    const day = 24 * 60 * 60_000;
    const ago = (days: number) => encodeURIComponent(new Date(Date.now() - days * day).toISOString());
    const after = await exportOf(`/runs?startedAfter=${ago(1)}`);
    expect([after.includes(young), after.includes(old)]).toEqual([true, false]);
    const before = await exportOf(`/runs?startedBefore=${ago(1)}`);
    expect([before.includes(young), before.includes(old)]).toEqual([false, true]);
  });

  it('has the whole list, also from a later page', async () => {
    for (let run = 0; run < 51; run += 1) await sync(store.dataSource, 'sample', []);
    const { body } = await ask(api, '/api/v1/syncs?limit=50');
    const rows = (await exportOf(`/runs?cursor=${encodeURIComponent(String(body.nextCursor))}`)).split(
      '\r\n',
    );
    expect(rows).toHaveLength(1 + 51 + 1);
  });
});

describe('an empty list', () => {
  it.each([
    ['/runs?startedAfter=2030-01-01T00:00:00Z', 'No runs match these filters'],
    ['/rejected-records?reason=TooLong', 'No rejected records match these filters'],
  ])('says that no item matches the filters: %s', async (path, title) => {
    await rejectingRun(1);
    const { body } = await show(path);
    expect(body).toContain(title);
    expect(body).toContain('Show all');
  });

  it('leads to searches that find someone', async () => {
    await rejectingRun(1);
    await sync(store.dataSource, 'sample', [provider('linh', { givenName: 'Linh', familyName: 'Nguyen' })]);
    const { body } = await show('/providers?search=Nguen&title=Dr.');
    expect(body).toContain('No match for “Nguen”');
    expect(body).toMatch(/Did you mean <a href="\/providers\?[^"]*search=Nguyen[^"]*">Nguyen<\/a>\?/);
    expect(body).toContain('title=Dr.');
    expect(body).toContain('Clear filters');
    expect((await show('/providers?search=xqzzw')).body).not.toContain('Did you mean');
    expect((await show('/providers?title=Prof.')).body).toContain('No providers match these filters');
  });

  it('says that there is nothing yet', async () => {
    expect((await show('/runs')).body).toContain('No runs yet');
    expect((await show('/rejected-records')).body).toContain('No rejected records are open');
  });
});

describe('filters that have no field', () => {
  it.each([
    ['/providers?changedSince=2030-01-01T00:00:00Z', 'name="changedSince"', 'since 2030-01-01T00:00:00Z'],
    ['/runs?startedAfter=2030-01-01T00:00:00Z', 'name="startedAfter"', 'since 2030-01-01T00:00:00Z'],
  ])('are shown, and kept when another one is chosen: %s', async (path, input, shown) => {
    const { body } = await show(path);
    expect(body).toContain(input);
    expect(body).toContain(shown);
  });
});
