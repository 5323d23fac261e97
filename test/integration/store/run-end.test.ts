import { abandonRun } from '../../../src/store/runs/abandon-run';
import { closeRun } from '../../../src/store/runs/close-run';
import { openRun } from '../../../src/store/runs/open-run';
import { recordFailedStart } from '../../../src/store/runs/record-failed-start';
import type { RunEnd } from '../../../src/store/runs/run-end';
import { saveSync } from '../../../src/store/save/save-sync';
import { answer, openedRun, provider, useStore } from '../../support/store-fixtures';

/* A step may be executed again after its worker was lost. The end of a run is reported by the first execution only. */

const store = useStore();
const failure = { type: 'PartnerTimeout', message: 'The partner gave no complete answer.' } as const;
const start = (temporalRunId: string) => ({
  ...({ partner: 'noteworth', trigger: 'cli', workflowId: `of ${temporalRunId}`, temporalRunId } as const),
});

let ends: RunEnd[];
const onEnd = (end: RunEnd) => void ends.push(end);
beforeEach(() => {
  ends = [];
});

async function twice(step: () => Promise<unknown>): Promise<void> {
  await step();
  await step().catch(() => undefined);
}

describe('the end of a run is reported once', () => {
  it('when it succeeds, with what became of its records', async () => {
    const runId = await openedRun(store.dataSource);
    const rejected = [{ position: 2, reason: 'MissingField', field: 'clinic', raw: '{}' }] as const;
    const saved = answer([provider('a'), provider('b')], { received: 3, rejected });
    const sync = { runId, partner: 'noteworth', feed: 'sample', answer: saved, calls: [], onEnd } as const;
    await twice(() => saveSync(store.dataSource, sync));
    expect(ends).toEqual([
      {
        partner: 'noteworth',
        status: 'succeeded',
        failure: null,
        seconds: expect.any(Number),
        counts: expect.objectContaining({ inserted: 2, rejected: 1 }),
      },
    ]);
    expect(ends[0]?.seconds).toBeGreaterThan(0);
  });

  it('when it fails', async () => {
    const runId = await openedRun(store.dataSource);
    const end = { runId, status: 'failed', failure, calls: [] } as const;
    await twice(() => closeRun(store.dataSource, end, onEnd));
    expect(ends).toMatchObject([{ partner: 'noteworth', status: 'failed', failure: 'PartnerTimeout' }]);
  });

  it('when it is abandoned', async () => {
    const runId = await openedRun(store.dataSource);
    await twice(() => abandonRun(store.dataSource, runId, onEnd));
    expect(ends).toMatchObject([{ partner: 'noteworth', status: 'abandoned', failure: 'Abandoned' }]);
  });

  it('when it is skipped', async () => {
    await openedRun(store.dataSource);
    const id = '00000000-0000-4000-8000-000000000001';
    await twice(() => openRun(store.dataSource, start(id), async () => true, onEnd));
    expect(ends).toEqual([
      { partner: 'noteworth', status: 'skipped', failure: null, seconds: null, counts: null },
    ]);
  });

  it('when its partner is unknown, without the name that the caller wrote', async () => {
    const id = '00000000-0000-4000-8000-000000000002';
    const unknown = { type: 'UnknownPartner', message: 'There is no such partner.' } as const;
    await twice(() =>
      recordFailedStart(store.dataSource, { ...start(id), partner: 'no such' }, unknown, onEnd),
    );
    expect(ends).toMatchObject([{ partner: null, status: 'failed', failure: 'UnknownPartner' }]);
  });

  it('not at all if the transaction is rolled back', async () => {
    const runId = await openedRun(store.dataSource);
    await store.dataSource.query(`ALTER TABLE sync_runs ADD CONSTRAINT never_three CHECK (received <> 3)`);
    const saved = answer([provider('a')], { received: 3 });
    const sync = { runId, partner: 'noteworth', feed: 'sample', answer: saved, calls: [], onEnd } as const;
    await expect(saveSync(store.dataSource, sync)).rejects.toThrow();
    await store.dataSource.query(`ALTER TABLE sync_runs DROP CONSTRAINT never_three`);
    expect(ends).toEqual([]);
  });
});

describe('a run that succeeds after one that failed', () => {
  const save = async (runId: string) => {
    const onRecovery = jest.fn();
    const sync = {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer([]),
      calls: [],
      onRecovery,
    } as const;
    await saveSync(store.dataSource, sync);
    return onRecovery.mock.calls.length > 0;
  };
  const fails = (runId: string) =>
    closeRun(store.dataSource, { runId, status: 'failed', failure, calls: [] }, onEnd);

  it('is known as such, also when it is stored again', async () => {
    await fails(await openedRun(store.dataSource));
    const runId = await openedRun(store.dataSource);
    expect(await save(runId)).toBe(true);
    expect(await save(runId)).toBe(true);
    expect(await save(await openedRun(store.dataSource))).toBe(false);
  });

  it('is not one without an earlier run, after a failed replay, or after the failure of another partner', async () => {
    await fails(await openedRun(store.dataSource, { partner: 'other' }));
    const first = await openedRun(store.dataSource);
    expect(await save(first)).toBe(false);
    await fails(await openedRun(store.dataSource, { trigger: 'replay', replayOf: first }));
    expect(await save(await openedRun(store.dataSource))).toBe(false);
  });

  it('is not a replay, which says nothing about the partner', async () => {
    const replayOf = await openedRun(store.dataSource);
    await save(replayOf);
    await fails(await openedRun(store.dataSource));
    expect(await save(await openedRun(store.dataSource, { trigger: 'replay', replayOf }))).toBe(false);
    expect(await save(await openedRun(store.dataSource))).toBe(true);
  });
});
