import { randomUUID } from 'node:crypto';
import { RunSupersededError } from '../../../src/store/postgres/store-failure';
import { closeRun } from '../../../src/store/runs/close-run';
import { continueRun } from '../../../src/store/runs/continue-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { openedRun, useStore } from '../../support/store-fixtures';

const failed = {
  status: 'failed',
  failure: { type: 'PartnerError', message: 'It failed.' },
  calls: [],
} as const;

describe('continueRun', () => {
  const store = useStore();

  async function openMove() {
    const before = randomUUID();
    const id = await openedRun(store.dataSource, { temporalRunId: before });
    return { id, workflowId: 'sync', before, temporalRunId: randomUUID() };
  }

  it('moves the claim to the next Temporal run, once', async () => {
    const move = await openMove();
    await continueRun(store.dataSource, move);
    await continueRun(store.dataSource, move);
    expect(await getRun(store.dataSource, move.id)).toMatchObject({
      id: move.id,
      runId: move.temporalRunId,
      status: 'running',
    });
  });

  it('refuses a run that has ended', async () => {
    const move = await openMove();
    await closeRun(store.dataSource, { runId: move.id, ...failed });
    await expect(continueRun(store.dataSource, move)).rejects.toThrow(RunSupersededError);
  });

  it('refuses a run of another workflow', async () => {
    const move = await openMove();
    await expect(continueRun(store.dataSource, { ...move, workflowId: 'another' })).rejects.toThrow(
      RunSupersededError,
    );
  });

  it('reports a reset if the run continues as another Temporal run', async () => {
    const move = await openMove();
    await continueRun(store.dataSource, move);
    const reset = { ...move, temporalRunId: randomUUID() };
    await expect(continueRun(store.dataSource, reset)).rejects.toMatchObject({ type: 'RunReset' });
    expect(await getRun(store.dataSource, move.id)).toMatchObject({ runId: move.temporalRunId });
  });
});
