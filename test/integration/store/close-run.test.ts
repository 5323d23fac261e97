import type { CloseRunInput } from '../../../src/contract/activities';
import { listRejectedRecords } from '../../../src/store/directory/read-rejected-records';
import { closeRun } from '../../../src/store/runs/close-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { saveSync } from '../../../src/store/save/save-sync';
import { until } from '../../support/scenario';
import { answer, call, openedRun, provider, useStore } from '../../support/store-fixtures';

describe('closeRun', () => {
  const store = useStore();

  const failure = (runId: string, fields: Partial<CloseRunInput> = {}): CloseRunInput => ({
    runId,
    partner: 'noteworth',
    status: 'failed',
    failure: { type: 'PartnerTimeout', message: 'The partner gave no complete answer within 30 s.' },
    calls: [
      call(),
      call({
        attempt: 2,
        startedAt: '2026-01-02T03:04:06.000Z',
        tookMs: null,
        httpStatus: null,
        bytes: null,
        outcome: 'PartnerTimeout',
        detail: 'no answer',
      }),
    ],
    ...fields,
  });

  it('ends a run with its reason and its calls', async () => {
    const runId = await openedRun(store.dataSource);
    const input = failure(runId);
    const ended = await closeRun(store.dataSource, input);
    expect(ended?.status).toBe('failed');
    expect(await getRun(store.dataSource, runId)).toMatchObject({
      status: 'failed',
      finishedAt: expect.any(String),
      failure: input.failure,
      calls: input.calls,
    });
  });

  it('changes nothing the second time, even with another reason', async () => {
    const runId = await openedRun(store.dataSource);
    await closeRun(store.dataSource, failure(runId));
    const first = await getRun(store.dataSource, runId);
    await closeRun(
      store.dataSource,
      failure(runId, { status: 'cancelled', failure: { type: 'Cancelled', message: 'Cancelled.' } }),
    );
    expect(await getRun(store.dataSource, runId)).toEqual(first);
  });

  const refused = {
    received: 3,
    rejected: [{ position: 1, reason: 'MissingField', field: 'name_family', raw: '{}' }],
    duplicates: 1,
    unknownFields: ['surname'],
    vanishedFields: ['name_family'],
  } as const;

  it('keeps the rejected records and counts of a refused answer, once', async () => {
    const runId = await openedRun(store.dataSource);
    await Promise.all([1, 2].map(() => closeRun(store.dataSource, failure(runId, { refused }))));
    expect(await getRun(store.dataSource, runId)).toMatchObject({
      status: 'failed',
      received: 3,
      rejected: 1,
      duplicates: 1,
      inserted: 0,
      unknownFields: ['surname'],
      vanishedFields: [],
      remarks: [{ type: 'FieldNeverSent', field: 'name_family', count: null, message: expect.any(String) }],
    });
    const { items } = await listRejectedRecords(store.dataSource, { runId, limit: 10 });
    const { position, ...kept } = refused.rejected[0];
    expect(items).toMatchObject([
      {
        ...kept,
        record: position + 1,
        state: 'open',
        runId,
        partner: 'noteworth',
        createdAt: expect.any(String),
      },
    ]);
  });

  it('keeps no records for a run that has already ended', async () => {
    const runId = await openedRun(store.dataSource);
    await store.dataSource.query(`UPDATE sync_runs SET status = 'abandoned', finished_at = now()`);
    await closeRun(store.dataSource, failure(runId, { refused }));
    expect(await getRun(store.dataSource, runId)).toMatchObject({ status: 'abandoned', rejected: 0 });
    expect((await listRejectedRecords(store.dataSource, { runId, limit: 10 })).items).toEqual([]);
  });

  it('does the same if it is executed twice at once', async () => {
    const runId = await openedRun(store.dataSource);
    await Promise.all([1, 2, 3].map(() => closeRun(store.dataSource, failure(runId))));
    expect((await getRun(store.dataSource, runId))?.calls).toHaveLength(2);
  });

  it('returns the end of a run whose save is committed while it waits', async () => {
    const runId = await openedRun(store.dataSource);
    const save = store.dataSource.createQueryRunner();
    await save.startTransaction();
    await save.query(
      `UPDATE sync_runs SET status = 'succeeded', finished_at = now(), received = 1, inserted = 1 WHERE id = $1`,
      [runId],
    );
    const closing = closeRun(store.dataSource, failure(runId, { calls: [] }));
    await until(async () => {
      const waiting: unknown[] = await store.dataSource.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    await save.commitTransaction();
    await save.release();
    expect(await closing).toMatchObject({ status: 'succeeded', counts: { received: 1, inserted: 1 } });
  });

  it('keeps the end of a run that succeeded', async () => {
    const runId = await openedRun(store.dataSource);
    const counts = await saveSync(store.dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer([provider('a')]),
      calls: [],
    });
    const ended = await closeRun(store.dataSource, failure(runId, { calls: [] }));
    expect(ended).toEqual({ status: 'succeeded', counts });
    expect(await getRun(store.dataSource, runId)).toMatchObject({ status: 'succeeded', failure: null });
  });

  it('adds the calls of a run that was abandoned meanwhile to the ledger', async () => {
    const runId = await openedRun(store.dataSource);
    await store.dataSource.query(`UPDATE sync_runs SET status = 'abandoned', finished_at = now()`);
    await closeRun(store.dataSource, failure(runId));
    expect(await getRun(store.dataSource, runId)).toMatchObject({
      status: 'abandoned',
      calls: [{ attempt: 1 }, { attempt: 2 }],
    });
  });

  it('returns null if the database does not know the run', async () => {
    const unknown = await closeRun(store.dataSource, failure('00000000-0000-4000-8000-000000000000'));
    expect(unknown).toBeNull();
    expect(await store.dataSource.query('SELECT FROM partner_calls')).toEqual([]);
  });
});
