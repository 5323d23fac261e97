import type { Pruned, PrunePlace } from '../../../src/contract/prune';
import { listRejectedRecords } from '../../../src/store/directory/read-rejected-records';
import { countPrunable, pruneStep } from '../../../src/store/prune/prune-history';
import { openRun } from '../../../src/store/runs/open-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { saveSync } from '../../../src/store/save/save-sync';
import { rejectingSync, rejection } from '../../support/rejected';
import { answer, call, openedRun, opening, provider, sync, useStore } from '../../support/store-fixtures';
import { storedRows } from '../../support/stored-rows';

const store = useStore();
const { directory, count } = storedRows(store);

const DAY = 86_400_000;
/** The moment of the test. Runs are made older than they are. */
const AT = new Date('2026-06-01T00:00:00Z');
const RETENTION = { calls: 30 * DAY, rawRecords: 10 * DAY, runs: 100 * DAY };

/** Removes until nothing is left. */
async function prune(what: Pruned, retention = RETENTION): Promise<number> {
  let removed = 0;
  let after: PrunePlace | undefined;
  for (;;) {
    const step = await pruneStep(store.dataSource, { what, at: AT, after }, retention);
    removed += step.removed;
    if (step.isDone) return removed;
    after = step.after;
  }
}

const counted = (what: Pruned, retention = RETENTION) =>
  countPrunable(store.dataSource, { what, at: AT }, retention);

/** Makes a run, and its rejected records, this many days older than the moment of the test. */
async function age(runId: string, days: number): Promise<string> {
  const then = new Date(AT.getTime() - days * DAY);
  await store.dataSource.query(
    'UPDATE sync_runs SET started_at = $2, finished_at = $2 WHERE id = $1 AND finished_at IS NOT NULL',
    [runId, then],
  );
  await store.dataSource.query('UPDATE rejected_records SET created_at = $2 WHERE run_id = $1', [
    runId,
    then,
  ]);
  return runId;
}

/** A run with calls that changed nothing, this many days old. */
async function runOf(days: number, calls = 2, partner = 'noteworth'): Promise<string> {
  const runId = await openedRun(store.dataSource, { partner });
  await saveSync(store.dataSource, {
    ...{ runId, partner, feed: 'sample', answer: answer([]) },
    calls: Array.from({ length: calls }, (_, index) => call({ attempt: index + 1 })),
  });
  return age(runId, days);
}

const exists = async (runId: string) => (await getRun(store.dataSource, runId)) !== null;

describe('old calls', () => {
  it('are removed, all of a run or none, and the run says so', async () => {
    const [old, recent] = [await runOf(31), await runOf(29)];
    expect(await counted('calls')).toBe(2);
    expect(await prune('calls')).toBe(2);
    expect(await getRun(store.dataSource, old)).toMatchObject({
      calls: [],
      callsRemovedAt: expect.any(String),
    });
    const kept = await getRun(store.dataSource, recent);
    expect(kept).toMatchObject({ callsRemovedAt: null });
    expect(kept?.calls).toHaveLength(2);
  });

  it('are removed in steps of whole runs, however many one run has', async () => {
    for (const calls of [1_999, 2, 3_000, 1]) await runOf(40, calls);
    const steps: number[] = [];
    for (let isDone = false; !isDone; ) {
      const step = await pruneStep(store.dataSource, { what: 'calls', at: AT }, RETENTION);
      steps.push(step.removed);
      isDone = step.isDone;
      const halves = await store.dataSource.query(
        `SELECT id FROM sync_runs WHERE (calls_removed_at IS NULL)
           <> EXISTS (SELECT FROM partner_calls WHERE run_id = sync_runs.id)`,
      );
      expect(halves).toEqual([]);
    }
    expect(steps.reduce((sum, one) => sum + one)).toBe(5_002);
    expect(Math.max(...steps)).toBe(3_000);
    expect(steps.filter((one) => one > 2_000)).toHaveLength(1);
  });

  it('stay forever if the configuration says so', async () => {
    await runOf(9_999);
    const forever = { ...RETENTION, calls: Infinity };
    expect([await counted('calls', forever), await prune('calls', forever)]).toEqual([0, 0]);
    expect(await count('partner_calls')).toBe(2);
  });

  it('of a run that is running stay', async () => {
    await openedRun(store.dataSource);
    await store.dataSource.query("UPDATE sync_runs SET started_at = '2020-01-01'");
    expect(await prune('calls')).toBe(0);
  });
});

describe('the text of old rejected records', () => {
  it('is removed; the reason, the person and the state stay', async () => {
    const raw = JSON.stringify({ name: 'Ada' });
    const old = await age(await rejectingSync(store.dataSource, [rejection('a', { raw })]), 11);
    const recent = await age(await rejectingSync(store.dataSource, [rejection('b', { raw })]), 9);
    const before = await listRejectedRecords(store.dataSource, { limit: 10, state: 'all' });

    expect(await counted('rawRecords')).toBe(1);
    expect(await prune('rawRecords')).toBe(1);
    const after = await listRejectedRecords(store.dataSource, { limit: 10, state: 'all' });
    expect(after.items.map((record) => [record.runId, record.raw])).toEqual([
      [recent, raw],
      [old, null],
    ]);
    expect(after.items.map((record) => ({ ...record, raw }))).toEqual(before.items);
    expect(await prune('rawRecords')).toBe(0);
  });
});

describe('old runs', () => {
  it('are removed with their calls and rejected records if they changed nothing', async () => {
    const old = await runOf(101);
    const rejecting = await age(await rejectingSync(store.dataSource, [rejection('a')]), 102);
    await store.dataSource.query(
      `INSERT INTO operator_actions (run_id, action, done_by) VALUES ($1, 'cancelled', 'zoe')`,
      [old],
    );
    const recent = await runOf(99);

    expect([await counted('rejectedRecords'), await counted('runs')]).toEqual([1, 2]);
    expect(await prune('rejectedRecords')).toBe(1);
    expect(await prune('runs')).toBe(2);
    expect(await Promise.all([old, rejecting, recent].map(exists))).toEqual([false, false, true]);
    expect([await count('partner_calls'), await count('operator_actions')]).toEqual([2, 0]);
  });

  it('stay if the directory or its changes name them', async () => {
    const { runId: first } = await sync(store.dataSource, 'sample', [provider('a')]);
    const { runId: second } = await sync(store.dataSource, 'sample', [provider('a', { title: 'NP' })]);
    await age(first, 300);
    await age(second, 200);
    await runOf(1);
    const before = await directory();
    expect(await counted('runs')).toBe(0);
    expect(await prune('runs')).toBe(0);
    expect(await Promise.all([first, second].map(exists))).toEqual([true, true]);
    expect(await directory()).toEqual(before);
  });

  it('stay if they are the latest good one, or the latest one, of their partner', async () => {
    const good = await runOf(500);
    const failed = await runOf(400);
    const latest = await runOf(300);
    await store.dataSource.query("UPDATE sync_runs SET status = 'failed' WHERE id = ANY ($1)", [
      [failed, latest],
    ]);
    expect(await prune('runs')).toBe(1);
    expect(await Promise.all([good, failed, latest].map(exists))).toEqual([true, false, true]);
  });

  it('stay until the runs that were skipped because of them are removed', async () => {
    const holder = await openedRun(store.dataSource);
    const skipped = await openRun(store.dataSource, opening(), async () => true);
    await saveSync(store.dataSource, {
      ...{ runId: holder, partner: 'noteworth', feed: 'sample', answer: answer([]), calls: [] },
    });
    await age(holder, 200);
    await age(skipped.id, 199);
    await runOf(1);
    expect([await prune('runs'), await exists(holder), await exists(skipped.id)]).toEqual([1, true, false]);
    expect([await prune('runs'), await exists(holder)]).toEqual([1, false]);
  });

  it('of one partner do not depend on those of another', async () => {
    const [alone, other] = [await runOf(200, 1, 'alone'), await runOf(200)];
    await runOf(1);
    expect(await prune('runs')).toBe(1);
    expect(await Promise.all([alone, other].map(exists))).toEqual([true, false]);
  });
});
