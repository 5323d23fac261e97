import { temporalFailure } from '../../../activities/temporal-failure';
import type { RunHolder } from '../../../src/contract/run';
import { RunSupersededError } from '../../../src/store/postgres/store-failure';
import { closeRun } from '../../../src/store/runs/close-run';
import { openRun } from '../../../src/store/runs/open-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { saveSync } from '../../../src/store/save/save-sync';
import { answer, openedRun, opening, provider, useStore } from '../../support/store-fixtures';

const held = async () => true;
const lost = async () => false;
const failed = {
  status: 'failed',
  failure: { type: 'PartnerError', message: 'It failed.' },
  calls: [],
} as const;

describe('openRun', () => {
  const store = useStore({ poolSize: 20 });

  async function statuses(): Promise<Record<string, number>> {
    const rows: { status: string; count: number }[] = await store.dataSource.query(
      'SELECT status, count(*)::integer AS count FROM sync_runs GROUP BY status',
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  it('records a run as running', async () => {
    const input = opening({ trigger: 'schedule', workflowId: 'nightly' });
    const run = await openRun(store.dataSource, input, held);
    expect(run.status).toBe('opened');
    const { temporalRunId, ...start } = input;
    expect(await getRun(store.dataSource, run.id)).toMatchObject({
      ...start,
      runId: temporalRunId,
      status: 'running',
      finishedAt: null,
      failure: null,
      holderId: null,
    });
  });

  it('uses Temporal’s run ID as the id of a run, running or skipped', async () => {
    const [first, second] = [opening(), opening()];
    expect((await openRun(store.dataSource, first, held)).id).toBe(first.temporalRunId);
    expect((await openRun(store.dataSource, second, held)).id).toBe(second.temporalRunId);
  });

  it('gives a run a new id if Temporal’s is not a UUID', async () => {
    const input = opening({ temporalRunId: 'no-uuid' });
    const { id } = await openRun(store.dataSource, input, held);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await openRun(store.dataSource, input, held)).toEqual({ status: 'opened', id, lastGood: null });
  });

  it('opens the same Temporal run only once', async () => {
    const input = opening();
    const opened = await Promise.all([1, 2, 3].map(() => openRun(store.dataSource, input, held)));
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(await statuses()).toEqual({ running: 1 });
  });

  it('skips a run while another run holds the partner, and names the holder', async () => {
    const first = opening({ workflowId: 'first' });
    const { id } = await openRun(store.dataSource, first, held);
    const asked: RunHolder[] = [];
    const second = opening({ workflowId: 'second' });
    const skipped = await openRun(store.dataSource, second, async (holder) => {
      asked.push(holder);
      return true;
    });
    const holder = { id, workflowId: 'first', runId: first.temporalRunId };
    expect(skipped).toEqual({ status: 'skipped', id: expect.any(String), holder });
    expect(asked).toEqual([holder]);
    expect(await getRun(store.dataSource, skipped.id)).toMatchObject({
      status: 'skipped',
      finishedAt: expect.any(String),
      failure: null,
      holderId: id,
    });
    expect(await openRun(store.dataSource, second, held)).toEqual(skipped);
  });

  it('does not let one partner block another', async () => {
    await openedRun(store.dataSource, { partner: 'one' });
    await openedRun(store.dataSource, { partner: 'two' });
    expect(await statuses()).toEqual({ running: 2 });
  });

  it('opens the next run after the last one has ended', async () => {
    await closeRun(store.dataSource, { runId: await openedRun(store.dataSource), ...failed });
    await openedRun(store.dataSource);
    expect(await statuses()).toEqual({ failed: 1, running: 1 });
  });

  it('abandons a holder that Temporal no longer runs', async () => {
    const holder = await openedRun(store.dataSource);
    const run = await openRun(store.dataSource, opening(), lost);
    expect(run.status).toBe('opened');
    expect(await getRun(store.dataSource, holder)).toMatchObject({
      status: 'abandoned',
      finishedAt: expect.any(String),
      failure: { type: 'Abandoned', message: expect.any(String) },
    });
  });

  it('keeps the end of a holder that ended while Temporal was asked', async () => {
    const holder = await openedRun(store.dataSource);
    const run = await openRun(store.dataSource, opening(), async () => {
      await closeRun(store.dataSource, { runId: holder, ...failed });
      return false;
    });
    expect(run.status).toBe('opened');
    expect((await getRun(store.dataSource, holder))?.status).toBe('failed');
  });

  it('refuses to open a run that has ended', async () => {
    const input = opening();
    const { id } = await openRun(store.dataSource, input, held);
    await closeRun(store.dataSource, { runId: id, ...failed });
    await expect(openRun(store.dataSource, input, held)).rejects.toThrow(RunSupersededError);
  });

  it('fails by name if other runs keep claiming the partner, so that Temporal tries it again', async () => {
    await openedRun(store.dataSource);
    const replaced = async (holder: RunHolder) => {
      await closeRun(store.dataSource, { runId: holder.id, ...failed });
      await openedRun(store.dataSource);
      return false;
    };
    const refused = await openRun(store.dataSource, opening(), replaced).catch((error: unknown) => error);
    const failure = temporalFailure(refused);
    expect(failure).toMatchObject({ type: 'StoreUnavailable', nonRetryable: false });
    expect(failure.message).toContain('kept starting and ending');
  });

  it('throws if Temporal cannot be asked, and records nothing', async () => {
    await openedRun(store.dataSource);
    const unreachable = async () => {
      throw new Error('Temporal is away');
    };
    await expect(openRun(store.dataSource, opening(), unreachable)).rejects.toThrow('Temporal is away');
    expect(await statuses()).toEqual({ running: 1 });
  });

  it('opens exactly one of twenty runs that start at once', async () => {
    const runs = await Promise.all(
      Array.from({ length: 20 }, () => openRun(store.dataSource, opening(), held)),
    );
    expect(runs.filter(({ status }) => status === 'opened')).toHaveLength(1);
    expect(await statuses()).toEqual({ running: 1, skipped: 19 });
  });

  it('replaces a lost holder exactly once when twenty runs start at once', async () => {
    const lostRun = await openedRun(store.dataSource);
    const runs = await Promise.all(
      Array.from({ length: 20 }, () =>
        openRun(store.dataSource, opening(), async ({ id }) => id !== lostRun),
      ),
    );
    expect(runs.filter(({ status }) => status === 'opened')).toHaveLength(1);
    expect(await statuses()).toEqual({ abandoned: 1, running: 1, skipped: 19 });
  });

  it('abandons a run during its save only if it has not been saved', async () => {
    const first = await openedRun(store.dataSource);
    const providers = Array.from({ length: 500 }, (_, index) => provider(`p${index}`));
    const [saved, next] = await Promise.allSettled([
      saveSync(store.dataSource, {
        runId: first,
        partner: 'noteworth',
        feed: 'sample',
        answer: answer(providers),
        calls: [],
      }),
      openRun(store.dataSource, opening(), lost),
    ]);
    expect(next).toMatchObject({ status: 'fulfilled', value: { status: 'opened' } });
    const [{ count }]: [{ count: number }] = await store.dataSource.query(
      'SELECT count(*)::integer AS count FROM providers',
    );
    expect(count).toBe(saved.status === 'fulfilled' ? 500 : 0);
    expect((await getRun(store.dataSource, first))?.status).toBe(
      saved.status === 'fulfilled' ? 'succeeded' : 'abandoned',
    );
  });
});
