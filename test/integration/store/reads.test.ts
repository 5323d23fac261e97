import { ExpectedError } from '../../../src/process/expected-error';
import { listProviderChanges } from '../../../src/store/directory/read-provider-history';
import { listProviders } from '../../../src/store/directory/read-providers';
import { listRejectedRecords } from '../../../src/store/directory/read-rejected-records';
import type { RunFilter } from '../../../src/store/lists/filters';
import { streamList } from '../../../src/store/lists/stream-list';
import { closeRun } from '../../../src/store/runs/close-run';
import { openRun } from '../../../src/store/runs/open-run';
import { getRun, listRecentRuns, listRuns, type RunWithCalls } from '../../../src/store/runs/read-runs';
import type { Run } from '../../../src/store/runs/run-row';
import { openedRun, opening, provider, sync, useStore } from '../../support/store-fixtures';

describe('reads', () => {
  const store = useStore();

  async function allRuns(query: RunFilter & { limit: number }): Promise<Run[]> {
    const items: Run[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await listRuns(store.dataSource, { ...query, cursor });
      expect(page.items.length).toBeLessThanOrEqual(query.limit);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  describe('of runs', () => {
    const failure = { type: 'PartnerError', message: 'It failed.' } as const;

    async function failedRun(partner: string): Promise<string> {
      const runId = await openedRun(store.dataSource, { partner, workflowId: `sync-${partner}` });
      await closeRun(store.dataSource, { runId, status: 'failed', failure, calls: [] });
      return runId;
    }

    it('return a run in the form of the API', async () => {
      const { runId } = await sync(store.dataSource, 'sample', [provider('a')]);
      const run = await getRun(store.dataSource, runId);
      expect(run).toEqual({
        id: runId,
        partner: 'noteworth',
        trigger: 'cli',
        status: 'succeeded',
        workflowId: 'sync',
        runId: expect.any(String),
        requestedAt: null,
        startedBy: null,
        workerVersion: null,
        mappingHash: null,
        traceId: null,
        startedAt: expect.stringMatching(/^\d{4}-.+Z$/),
        finishedAt: expect.stringMatching(/^\d{4}-.+Z$/),
        repeats: 0,
        received: 1,
        inserted: 1,
        updated: 0,
        unchanged: 0,
        duplicates: 0,
        rejected: 0,
        departed: 0,
        fields: null,
        unknownFields: [],
        vanishedFields: [],
        remarks: [],
        approval: null,
        replayOf: null,
        answerSha256: null,
        answerKeptUntil: null,
        callsRemovedAt: null,
        failure: null,
        holderId: null,
        progress: null,
        holder: null,
        calls: [],
        callCounts: { total: 0, tookMs: 0, outcomes: [] },
        actions: [expect.objectContaining({ action: 'started', by: null })],
        parts: [expect.objectContaining({ kind: 'store', attempts: null })],
      });
      const {
        calls: _,
        callCounts: __,
        holder: ___,
        parts: ____,
        actions: _____,
        ...listed
      } = run ?? ({} as RunWithCalls);
      expect((await listRuns(store.dataSource, { limit: 10 })).items).toEqual([listed]);
    });

    it('list the latest run first, and each run once over all pages', async () => {
      const ids: string[] = [];
      for (let index = 0; index < 7; index += 1) ids.unshift(await failedRun('noteworth'));
      // All runs except one get the same start, to the millisecond.
      await store.dataSource.query(`UPDATE sync_runs SET started_at = '2026-01-01' WHERE id <> $1`, [ids[0]]);
      const runs = await allRuns({ limit: 2 });
      expect(runs[0]?.id).toBe(ids[0]);
      expect(runs.map(({ id }) => id).sort()).toEqual([...ids].sort());
    });

    it('filter by partner, status, trigger, failure and time', async () => {
      const ids = [await failedRun('one'), await failedRun('two')];
      const running = await openedRun(store.dataSource, { partner: 'one' });
      expect((await allRuns({ partner: 'one', limit: 10 })).map(({ id }) => id)).toEqual([running, ids[0]]);
      expect((await allRuns({ status: 'failed', limit: 1 })).map(({ id }) => id)).toEqual(ids.reverse());
      expect(await allRuns({ partner: 'three', limit: 10 })).toEqual([]);
      expect(await allRuns({ partner: 'nul\0', limit: 10 })).toEqual([]);
      expect(await allRuns({ status: 'running', limit: 2 })).toHaveLength(1);
      expect(await allRuns({ status: 'abandoned', limit: 2 })).toEqual([]);
      expect(await allRuns({ trigger: 'cli', limit: 10 })).toHaveLength(3);
      expect(await allRuns({ trigger: 'web', limit: 10 })).toEqual([]);
      expect(await allRuns({ failureType: 'PartnerError', limit: 10 })).toHaveLength(2);
      expect(await allRuns({ failureType: 'PartnerTimeout', limit: 10 })).toEqual([]);

      await store.dataSource.query(`UPDATE sync_runs SET started_at = '2026-01-02' WHERE id = $1`, [ids[0]]);
      const [first, second] = ['2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'];
      expect(await allRuns({ startedAfter: first, limit: 10 })).toHaveLength(3);
      expect(await allRuns({ startedAfter: second, limit: 10 })).toHaveLength(2);
      expect(await allRuns({ startedBefore: second, limit: 10 })).toHaveLength(1);
      expect(await allRuns({ startedBefore: first, limit: 10 })).toEqual([]);
    });

    it('stream runs one by one, and return the last runs of a partner', async () => {
      const ids: string[] = [];
      for (let index = 0; index < 3; index += 1) ids.unshift(await failedRun('one'));
      await failedRun('two');
      const streamed: string[] = [];
      const stream = streamList(store.dataSource, listRuns, { partner: 'one' });
      for await (const { id } of stream) streamed.push(id);
      expect(streamed).toEqual(ids);
      const recent = await listRecentRuns(store.dataSource, { partner: 'one', count: 2 });
      expect(recent.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    });

    it('name the run that held the partner of a skipped run', async () => {
      const holder = opening({ workflowId: 'first' });
      await openRun(store.dataSource, holder, async () => true);
      const { id } = await openRun(store.dataSource, opening(), async () => true);
      expect(await getRun(store.dataSource, id)).toMatchObject({
        status: 'skipped',
        holderId: holder.temporalRunId,
        holder: { id: holder.temporalRunId, workflowId: 'first', runId: holder.temporalRunId },
      });
    });

    it('find a run by its id, by Temporal’s run ID, or as the latest run of a workflow ID', async () => {
      const first = await failedRun('one');
      const second = await failedRun('one');
      expect((await getRun(store.dataSource, first))?.id).toBe(first);
      expect((await getRun(store.dataSource, 'sync-one'))?.id).toBe(second);
      await store.dataSource.query(`UPDATE sync_runs SET run_id = 'of Temporal' WHERE id = $1`, [first]);
      expect((await getRun(store.dataSource, 'of Temporal'))?.id).toBe(first);
      expect(await getRun(store.dataSource, 'unknown')).toBeNull();
      expect(await getRun(store.dataSource, 'nul\0')).toBeNull();
      expect(await getRun(store.dataSource, '00000000-0000-4000-8000-000000000000')).toBeNull();
    });
  });

  it.each([
    'nonsense',
    '',
    Buffer.from('["a"]').toString('base64url'),
    Buffer.from('["name","\\u0000","00000000-0000-4000-8000-000000000000"]').toString('base64url'),
    Buffer.from('["0000-01-01T00:00:00Z","00000000-0000-4000-8000-000000000000"]').toString('base64url'),
    Buffer.from('["0000-01-01T00:00:00Z","00000000-0000-4000-8000-000000000000","1"]').toString('base64url'),
    Buffer.from('["99999999999999999999"]').toString('base64url'),
    Buffer.from('["2026-01-01T00:00:00.000Z","no id"]').toString('base64url'),
  ])('refuse a cursor of another origin: %s', async (cursor) => {
    await expect(listRuns(store.dataSource, { limit: 1, cursor })).rejects.toThrow(ExpectedError);
    await expect(listProviders(store.dataSource, { limit: 1, cursor })).rejects.toThrow(ExpectedError);
    await expect(listProviderChanges(store.dataSource, { limit: 1, cursor })).rejects.toThrow(ExpectedError);
    await expect(listRejectedRecords(store.dataSource, { limit: 1, cursor })).rejects.toThrow(ExpectedError);
  });
});
