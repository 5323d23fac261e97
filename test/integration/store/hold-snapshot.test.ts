import type { CheckedProvider } from '../../../src/contract/answer';
import type { Decision } from '../../../src/contract/approval';
import { listDepartingProviders, listProviders } from '../../../src/store/directory/read-providers';
import { abandonRun } from '../../../src/store/runs/abandon-run';
import { closeRun } from '../../../src/store/runs/close-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { saveSync } from '../../../src/store/save/save-sync';
import { dumpTables } from '../../support/dump-tables';
import { answer, call, openedRun, provider, sync, useStore } from '../../support/store-fixtures';

const APPROVED: Decision = {
  verdict: 'approved',
  by: 'zoe',
  reason: 'They closed "North"',
  at: '2026-03-01T08:30:00.000Z',
};
const REJECTED: Decision = { ...APPROVED, verdict: 'rejected' };
const FAILURE = { type: 'SnapshotRejected', message: 'Rejected.' } as const;

const store = useStore();

const people = (from: number, to: number): CheckedProvider[] =>
  Array.from({ length: to - from }, (_, index) => provider(`person ${from + index}`));

/** Saves a snapshot with the departure rule for a running run. */
function save(
  runId: string,
  providers: readonly CheckedProvider[],
  { approval = null, rejected }: { approval?: Decision | null; rejected?: string | null } = {},
) {
  return saveSync(store.dataSource, {
    runId,
    partner: 'noteworth',
    feed: 'snapshot',
    answer: {
      ...answer(providers),
      ...(rejected !== undefined && {
        rejected: [{ position: 0, reason: 'NotAnObject', field: null, raw: '7', identityKey: rejected }],
      }),
    },
    calls: [call()],
    rule: { maximumDeparted: 0.2, approveWithin: 60_000, approval },
  });
}

async function listed(): Promise<number> {
  return (await listProviders(store.dataSource, { status: 'present', limit: 1_000 })).items.length;
}

async function departing(runId: string, limit = 1_000) {
  return listDepartingProviders(store.dataSource, { runId, limit });
}

/** Syncs these snapshots, and then opens another run. */
async function runAfter(...snapshots: (readonly CheckedProvider[])[]): Promise<string> {
  for (const snapshot of snapshots) await sync(store.dataSource, 'snapshot', snapshot);
  return openedRun(store.dataSource);
}

/** A run that waits for approval: its snapshot has one of twenty people. */
async function heldRun(): Promise<string> {
  const runId = await runAfter(people(0, 20));
  await save(runId, people(0, 1));
  return runId;
}

describe('a snapshot that would mark too many people as left', () => {
  it('leaves the directory as it was, and makes the run wait', async () => {
    await sync(store.dataSource, 'snapshot', people(0, 20));
    const before = await dumpTables(store.dataSource);
    const runId = await openedRun(store.dataSource);
    const changed = provider('person 0', { title: 'NP' });
    const held = await save(runId, [changed, provider('newcomer')]);

    expect(held).toEqual({
      status: 'awaiting-approval',
      departing: 19,
      listed: 20,
      requestedAt: expect.any(String),
      deadline: expect.any(String),
    });
    if (!('status' in held)) throw new Error('it was stored');
    expect(Date.parse(held.deadline) - Date.parse(held.requestedAt)).toBe(60_000);
    const after = await dumpTables(store.dataSource);
    for (const table of ['providers', 'provider_changes', 'rejected_records']) {
      expect(after.get(table)).toBe(before.get(table));
    }
    const { status: _, ...request } = held;
    expect(await getRun(store.dataSource, runId)).toMatchObject({
      status: 'running',
      finishedAt: null,
      approval: { ...request, decision: null },
      calls: [{ endpoint: 'auth' }],
    });
  });

  it('names the people who would leave, page by page', async () => {
    const runId = await heldRun();
    const first = await departing(runId, 12);
    const rest = await listDepartingProviders(store.dataSource, {
      runId,
      limit: 12,
      cursor: first.nextCursor ?? '',
    });
    const names = [...first.items, ...rest.items].map(({ givenName }) => givenName);
    expect(names.sort()).toEqual(
      people(1, 20)
        .map(({ givenName }) => givenName)
        .sort(),
    );
    expect(rest.nextCursor).toBeNull();
  });

  it('leaves out the person of a rejected record, also when it is applied', async () => {
    const runId = await runAfter(people(0, 20));
    const rejected = provider('person 1').identityKey;
    expect(await save(runId, people(0, 1), { rejected })).toMatchObject({ departing: 18, listed: 20 });
    const { items } = await departing(runId);
    expect(items).toHaveLength(18);
    expect(items.map(({ familyName }) => familyName)).not.toContain(provider('person 1').familyName);
    expect(await save(runId, people(0, 1), { rejected, approval: APPROVED })).toMatchObject({ departed: 18 });
    expect(await listed()).toBe(2);
  });

  it('waits once, even if it is saved several times', async () => {
    const runId = await runAfter(people(0, 20));
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => save(runId, people(0, 1))));
    const before = await dumpTables(store.dataSource);
    expect(others).toEqual([first, first]);
    expect(await save(runId, people(0, 1))).toEqual(first);
    expect(await dumpTables(store.dataSource)).toEqual(before);
  });

  it('keeps holding the partner', async () => {
    await heldRun();
    await expect(openedRun(store.dataSource)).rejects.toThrow('held by another run');
  });

  it('is applied with the approval, which is recorded; a second save changes nothing', async () => {
    const runId = await heldRun();
    const counts = await save(runId, people(0, 1), { approval: APPROVED });
    expect(counts).toMatchObject({ unchanged: 1, departed: 19 });
    expect(await listed()).toBe(1);
    expect(await getRun(store.dataSource, runId)).toMatchObject({
      status: 'succeeded',
      departed: 19,
      approval: {
        departing: 19,
        listed: 20,
        decision: { verdict: 'approved', by: 'zoe', reason: 'They closed "North"', at: APPROVED.at },
      },
    });
    expect((await departing(runId)).items).toEqual([]);

    const before = await dumpTables(store.dataSource);
    expect(await save(runId, people(0, 1), { approval: { ...APPROVED, by: 'otis' } })).toEqual(counts);
    expect(await dumpTables(store.dataSource)).toEqual(before);
  });

  it('leaves the directory as it was when the run is closed as rejected', async () => {
    const runId = await heldRun();
    const close = { runId, status: 'failed', failure: FAILURE, calls: [], decision: REJECTED } as const;
    await closeRun(store.dataSource, close);
    expect(await getRun(store.dataSource, runId)).toMatchObject({
      status: 'failed',
      failure: FAILURE,
      approval: { decision: { verdict: 'rejected', by: 'zoe' } },
    });
    expect([await listed(), (await departing(runId)).items]).toEqual([20, []]);
  });

  it.each([
    [
      'cancelled',
      (runId: string) =>
        closeRun(store.dataSource, {
          runId,
          status: 'cancelled',
          failure: FAILURE,
          calls: [],
          decision: null,
        }),
    ],
    ['abandoned', (runId: string) => abandonRun(store.dataSource, runId)],
  ] as const)('leaves the directory as it was when the run is %s', async (status, end) => {
    const runId = await heldRun();
    await end(runId);
    expect(await getRun(store.dataSource, runId)).toMatchObject({ status, approval: { decision: null } });
    expect([await listed(), (await departing(runId)).items]).toEqual([20, []]);
    await openedRun(store.dataSource);
  });
});

describe('a snapshot is applied at once', () => {
  it('if the directory is empty', async () => {
    const runId = await openedRun(store.dataSource);
    expect(await save(runId, people(0, 20))).toMatchObject({ inserted: 20 });
    expect(await getRun(store.dataSource, runId)).toMatchObject({ approval: null });
  });

  it('if no more than the share leaves; people who had left before do not count', async () => {
    const runId = await runAfter(people(0, 100), people(0, 50));
    // Ten of fifty leave, ten who had left return, and ten are new.
    const snapshot = [...people(10, 60), ...people(200, 210)];
    expect(await save(runId, snapshot)).toMatchObject({ departed: 10, updated: 10, inserted: 10 });
  });

  it('but waits if one more person leaves', async () => {
    const runId = await runAfter(people(0, 100), people(0, 50));
    expect(await save(runId, [...people(11, 60), ...people(200, 210)])).toMatchObject({
      status: 'awaiting-approval',
      departing: 11,
      listed: 50,
    });
  });

  it('if fewer than five people leave', async () => {
    const runId = await runAfter(people(0, 5));
    expect(await save(runId, people(0, 1))).toMatchObject({ departed: 4 });
  });

  it('if a rejected record may be about anyone, so that no one is marked as left', async () => {
    const runId = await runAfter(people(0, 20));
    expect(await save(runId, people(0, 1), { rejected: null })).toMatchObject({ departed: 0, rejected: 1 });
    expect(await listed()).toBe(20);
  });
});
