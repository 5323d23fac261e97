import { abandonRun } from '../../../src/store/runs/abandon-run';
import { closeRun } from '../../../src/store/runs/close-run';
import { recordFailedStart } from '../../../src/store/runs/record-failed-start';
import { saveSync } from '../../../src/store/save/save-sync';
import { writeFreshness } from '../../../src/store/webhooks/write-freshness';
import { messagesOfErasure } from '../../../src/store/webhooks/write-messages';
import { FAILURE, reportedRuns, SUBSCRIPTIONS } from '../../support/reported-runs';
import { until } from '../../support/scenario';
import { answer, openedRun, opening, provider, useStore } from '../../support/store-fixtures';

const store = useStore();
const { succeed, fail, written, dataOf, registerEarly } = reportedRuns(store);

describe('messages to receivers of webhooks', () => {
  it('report what a run changed, and nothing if it changed nothing', async () => {
    const runId = await succeed(['a', 'b']);
    expect(await written()).toEqual(['all directory.changed']);
    expect(await dataOf('directory.changed')).toMatchObject({
      subject_id: runId,
      data: { status: 'succeeded', added: 2, changed: 0, left: 0, rejected: 0 },
    });
    await succeed(['a', 'b']);
    expect(await written()).toHaveLength(1);
  });

  it('report a failed run to the receivers of its partner, and the next good one', async () => {
    await fail('other');
    expect(await written()).toEqual(['all run.failed', 'failures run.failed']);
    await fail();
    await succeed(['a'], 'other');
    await succeed(['a'], 'other');
    expect((await written()).slice(2).sort()).toEqual([
      'all directory.changed',
      'all run.failed',
      'all run.recovered',
    ]);
  });

  it('report no failed replay, which is no news about the partner', async () => {
    const runId = await succeed(['a']);
    await fail('noteworth', runId);
    await succeed(['a']);
    expect(await written()).toEqual(['all directory.changed']);
  });

  it('report no start of an unknown partner, and no recovery from it', async () => {
    const unknown = { type: 'UnknownPartner', message: 'There is no such partner.' } as const;
    await recordFailedStart(store.dataSource, opening(), unknown);
    await succeed(['a']);
    expect(await written()).toEqual(['all directory.changed']);
  });

  it('report a run that was abandoned, once', async () => {
    const runId = await openedRun(store.dataSource);
    await abandonRun(store.dataSource, runId, undefined, SUBSCRIPTIONS);
    await abandonRun(store.dataSource, runId, undefined, SUBSCRIPTIONS);
    expect(await written()).toEqual(['all run.failed']);
    expect((await dataOf('run.failed')).data).toMatchObject({ status: 'abandoned', failure: 'Abandoned' });
  });

  it('report a snapshot that waits for approval, and nothing of what it would store', async () => {
    await succeed(['a', 'b', 'c', 'd', 'e', 'f'], 'noteworth', 'snapshot');
    await succeed(['a'], 'noteworth', 'snapshot');
    expect(await written()).toEqual(['all directory.changed', 'all approval.needed']);
    expect((await dataOf('approval.needed')).data).toMatchObject({ departing: 5, listed: 6 });
  });

  it('are not there if the transaction of the run was not stored', async () => {
    const runId = await openedRun(store.dataSource);
    const signal = new AbortController();
    const saving = {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      calls: [],
      subscriptions: SUBSCRIPTIONS,
    } as const;
    await store.dataSource.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
       CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON sync_runs DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );
    try {
      await expect(
        saveSync(store.dataSource, { ...saving, answer: answer([provider('a')]) }, signal.signal),
      ).rejects.toThrow('no');
    } finally {
      await store.dataSource.query('DROP FUNCTION refuse CASCADE');
    }
    expect(await written()).toEqual([]);
  });

  it("have numbers in the order in which a partner's messages are committed", async () => {
    await registerEarly();
    const runId = await succeed(['a']);
    await store.dataSource.query(`UPDATE sync_runs SET finished_at = finished_at - interval '1 second'`);
    const failing = await openedRun(store.dataSource);
    const erasure = store.dataSource.createQueryRunner();
    await erasure.startTransaction();
    await erasure.query(
      `WITH receipt AS (SELECT $1::uuid AS id, $1::uuid AS provider_id, 'noteworth' AS partner)
       ${messagesOfErasure('$2')}`,
      [runId, SUBSCRIPTIONS],
    );
    let hasEnded = false;
    const end = {
      runId: failing,
      status: 'failed',
      failure: FAILURE,
      calls: [],
      subscriptions: SUBSCRIPTIONS,
    } as const;
    const closing = closeRun(store.dataSource, end).finally(() => {
      hasEnded = true;
    });
    await until(async () => {
      const [waiting] = await store.dataSource.query(
        `SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
         WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`,
      );
      return hasEnded || waiting !== undefined;
    });
    const lose = () => writeFreshness(store.dataSource, [{ name: 'noteworth', freshFor: 1 }], SUBSCRIPTIONS);
    await lose();
    const before = await written();
    await erasure.commitTransaction();
    await erasure.release();
    await closing;
    await lose();
    expect(before).toEqual(['all directory.changed']);
    expect((await written()).slice(1)).toEqual([
      'all provider.erased',
      'all run.failed',
      'all freshness.lost',
    ]);
  });

  it('are not written without receivers', async () => {
    const runId = await openedRun(store.dataSource);
    await closeRun(store.dataSource, { runId, status: 'failed', failure: FAILURE, calls: [] });
    expect(await written()).toEqual([]);
  });
});
