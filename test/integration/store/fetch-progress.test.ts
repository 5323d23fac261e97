import { formatRun } from '../../../src/cli/format-run';
import { closeRun } from '../../../src/store/runs/close-run';
import { getRun, listRuns } from '../../../src/store/runs/read-runs';
import { readRunVersion, versionOf } from '../../../src/store/runs/read-version';
import { stageRecords } from '../../support/staging';
import { call, openedRun, provider, useStore } from '../../support/store-fixtures';

describe('the progress of a run', () => {
  const store = useStore();
  const page = Array.from({ length: 1_000 }, (_, n) => provider(`${n}`));
  const read = async (runId: string) => {
    const run = await getRun(store.dataSource, runId);
    if (!run) throw new Error('the run is not recorded');
    return run;
  };

  it('counts the pages and records so far, with the total that the last page states', async () => {
    const runId = await openedRun(store.dataSource);
    expect((await read(runId)).progress).toBeNull();
    await stageRecords(store.dataSource, runId, 1, page);
    expect((await read(runId)).progress).toEqual({ pages: 1, records: 1_000, total: null });
    await stageRecords(store.dataSource, runId, 2, page, { total: 48_300 });
    await stageRecords(store.dataSource, runId, 3, []);
    const progress = { pages: 3, records: 2_000, total: 48_300 };
    expect((await read(runId)).progress).toEqual(progress);
    expect((await listRuns(store.dataSource, { limit: 1 })).items).toMatchObject([{ progress }]);
  });

  it('is null after the run has ended', async () => {
    const runId = await openedRun(store.dataSource);
    await stageRecords(store.dataSource, runId, 1, page);
    const failure = { type: 'Cancelled', message: 'Cancelled.' } as const;
    await closeRun(store.dataSource, { runId, status: 'cancelled', failure, calls: [] });
    expect((await read(runId)).progress).toBeNull();
  });

  it('changes the version of the run with each page', async () => {
    const runId = await openedRun(store.dataSource);
    const before = await readRunVersion(store.dataSource, runId);
    expect(versionOf(await read(runId))).toBe(before);
    await stageRecords(store.dataSource, runId, 1, page);
    const after = await readRunVersion(store.dataSource, runId);
    expect(after).not.toBe(before);
    expect(versionOf(await read(runId))).toBe(after);
  });

  it('is shown by the CLI, with the page of each call if there are several', async () => {
    const runId = await openedRun(store.dataSource);
    await stageRecords(store.dataSource, runId, 1, page, { calls: [call()] });
    expect(formatRun(await read(runId), [])).not.toContain('PAGE');
    await stageRecords(store.dataSource, runId, 2, page, {
      total: 48_300,
      calls: [call({ page: 2, endpoint: 'providers' })],
    });
    const text = formatRun(await read(runId), []);
    expect(text).toMatch(/Fetching +page 2, 2,000 of 48,300 records so far/);
    expect(text).toMatch(/CALL +PAGE +ATTEMPT/);
    expect(text).toMatch(/providers +2 +1 /);
  });
});
