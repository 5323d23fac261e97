import { abandonLostRuns, abandonRun } from '../../../src/store/runs/abandon-run';
import { closeRun } from '../../../src/store/runs/close-run';
import { saveSync } from '../../../src/store/save/save-sync';
import { clearStaged } from '../../../src/store/staging/clear-staged';
import { pagedAnswer, stageRecords } from '../../support/staging';
import { openedRun, provider, useStore } from '../../support/store-fixtures';
import { saveInput, storedRows } from '../../support/stored-rows';

describe('the staged pages of a run', () => {
  const store = useStore();
  const { count } = storedRows(store);
  const failure = { type: 'PartnerError', message: 'It failed.' } as const;
  const left = async () => [await count('staged_pages'), await count('staged_records')];

  /** A run with two pages of two records. */
  async function stagedRun(partner = 'noteworth'): Promise<string> {
    const runId = await openedRun(store.dataSource, { partner });
    for (const page of [1, 2]) {
      const records = [provider(`${page}`), provider(`${page}b`)];
      await stageRecords(store.dataSource, runId, page, records, { partner });
    }
    return runId;
  }

  it.each<[string, (runId: string) => Promise<unknown>]>([
    [
      'succeeded',
      (runId) => {
        const answer = { ...pagedAnswer([]), pages: 2, received: 4 };
        return saveSync(store.dataSource, saveInput(runId, { answer }));
      },
    ],
    ['failed', (runId) => closeRun(store.dataSource, { runId, status: 'failed', failure, calls: [] })],
    [
      'was cancelled',
      (runId) => closeRun(store.dataSource, { runId, status: 'cancelled', failure, calls: [] }),
    ],
    ['was abandoned', (runId) => abandonRun(store.dataSource, runId)],
    ['was found abandoned', () => abandonLostRuns(store.dataSource, async () => false)],
  ])('are removed as soon as it %s, and those of another run stay', async (_, end) => {
    const runId = await stagedRun();
    await end(runId);
    expect(await left()).toEqual([0, 0]);
    await stagedRun('other');
    await clearStaged(store.dataSource);
    expect(await left()).toEqual([2, 4]);
  });

  it('are removed by the sweep if its end left them', async () => {
    await stagedRun('one');
    await stagedRun('two');
    await store.dataSource.query(
      `UPDATE sync_runs SET status = 'failed', finished_at = now() WHERE partner = 'one'`,
    );
    await Promise.all([clearStaged(store.dataSource), clearStaged(store.dataSource)]);
    expect(await left()).toEqual([2, 4]);
  });

  it('stay if they cannot be removed at once; the run has its end nevertheless', async () => {
    const runId = await stagedRun();
    const blocker = store.dataSource.createQueryRunner();
    await blocker.startTransaction();
    await blocker.query('LOCK TABLE staged_records IN ACCESS EXCLUSIVE MODE');
    const closing = closeRun(store.dataSource, { runId, status: 'failed', failure, calls: [] });
    expect(await closing).toMatchObject({ status: 'failed' });
    await blocker.rollbackTransaction();
    await blocker.release();
    expect(await left()).toEqual([2, 4]);
    await clearStaged(store.dataSource);
    expect(await left()).toEqual([0, 0]);
  });
});
