import type { Decision } from '../../../src/contract/approval';
import { dismissRejected } from '../../../src/store/directory/dismiss-rejected';
import { closeRun } from '../../../src/store/runs/close-run';
import { recordCancellation } from '../../../src/store/runs/operator-actions';
import { getRun } from '../../../src/store/runs/read-runs';
import { saveSync } from '../../../src/store/save/save-sync';
import { rejectingSync, rejection } from '../../support/rejected';
import { answer, openedRun, provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();

async function actions(runId: string): Promise<string[]> {
  const run = await getRun(store.dataSource, runId);
  return (run?.actions ?? []).map(({ action, by, reason, records, runId }) =>
    [action, by, reason, records, runId].filter((value) => value !== null).join(' '),
  );
}
const cancelled = {
  status: 'cancelled',
  failure: { type: 'Cancelled', message: 'It was cancelled.' },
  calls: [],
} as const;

describe('what operators did to a run', () => {
  it('is that one of them started it, and who, unless a schedule did', async () => {
    const requestedAt = '2026-03-04T05:06:07.890Z';
    const byZoe = await openedRun(store.dataSource, { startedBy: 'zoe', requestedAt });
    const scheduled = await openedRun(store.dataSource, { partner: 'other', trigger: 'schedule' });
    expect(await actions(byZoe)).toEqual(['started zoe']);
    expect(await getRun(store.dataSource, byZoe)).toMatchObject({
      ...{ startedBy: 'zoe', requestedAt },
      actions: [{ at: requestedAt }],
    });
    expect(await actions(scheduled)).toEqual([]);
  });

  it('is that one of them cancelled it, also if that is not recorded', async () => {
    const here = await openedRun(store.dataSource, { trigger: 'schedule' });
    await recordCancellation(store.dataSource, here, { by: 'zoe', reason: 'Too early.' });
    await closeRun(store.dataSource, { runId: here, ...cancelled });
    expect(await actions(here)).toEqual(['cancelled zoe Too early.']);
    const inTemporal = await openedRun(store.dataSource, { trigger: 'schedule' });
    await closeRun(store.dataSource, { runId: inTemporal, ...cancelled });
    expect(await actions(inTemporal)).toEqual(['cancelled']);
  });

  it('is their decision about its snapshot', async () => {
    const people = Array.from({ length: 20 }, (_, index) => provider(`${index}`));
    await sync(store.dataSource, 'snapshot', people);
    const runId = await openedRun(store.dataSource, { trigger: 'schedule' });
    const save = (approval: Decision | null) =>
      saveSync(store.dataSource, {
        ...{ runId, partner: 'noteworth', feed: 'snapshot', answer: answer(people.slice(0, 1)), calls: [] },
        rule: { maximumDeparted: 0.1, approveWithin: 60_000, approval },
      });
    await save(null);
    expect(await actions(runId)).toEqual([]);
    await save({ verdict: 'approved', by: 'zoe', reason: 'Asked.', at: new Date().toISOString() });
    expect(await actions(runId)).toEqual(['approved zoe Asked.']);
  });

  it('is that they replayed its answer, and dismissed its rejected records', async () => {
    const runId = await rejectingSync(store.dataSource, [rejection('a'), rejection('b')]);
    await dismissRejected(store.dataSource, { runId }, { by: 'zoe', reason: 'Retired.' });
    const replay = await openedRun(store.dataSource, {
      trigger: 'replay',
      replayOf: runId,
      startedBy: 'ann',
    });
    expect((await actions(runId)).slice(-2)).toEqual(['dismissed zoe Retired. 2', `replayed ann ${replay}`]);
    expect(await actions(replay)).toEqual(['started ann']);
  });
});
