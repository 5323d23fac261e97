import { listCalls, type RecordedCall } from '../../../src/store/runs/read-calls';
import { getRun } from '../../../src/store/runs/read-runs';
import { readRunVersion, versionOf } from '../../../src/store/runs/read-version';
import { callsForPages, runWith } from '../../support/long-run';
import { useStore } from '../../support/store-fixtures';

describe('the calls of a run', () => {
  const store = useStore();
  const read = async (runId: string) => {
    const run = await getRun(store.dataSource, runId);
    if (!run) throw new Error('There is no such run');
    return run;
  };

  it('are all in the run, if there are at most 50', async () => {
    const calls = callsForPages(40, 5);
    expect(calls).toHaveLength(49);
    expect((await read(await runWith(store.dataSource, calls))).calls).toEqual(calls);
  });

  it('are summarised if there are more: the first, the last and the latest failed ones, and counts', async () => {
    const calls = callsForPages(2_000, 40);
    const { calls: shown, callCounts } = await read(await runWith(store.dataSource, calls));
    const failed = calls.filter(({ outcome }) => outcome !== 'ok').slice(-30);
    const expected = [...calls.slice(0, 10), ...failed, ...calls.slice(-10)];
    expect(shown).toEqual(calls.filter((one) => expected.includes(one)));
    expect(shown.length).toBeLessThanOrEqual(50);
    expect(callCounts).toEqual({
      total: 2_051,
      tookMs: 2_051 * 12,
      outcomes: [
        { endpoint: 'providers', outcome: 'ok', count: 2_000 },
        { endpoint: 'providers', outcome: 'PartnerError', count: 50 },
        { endpoint: 'auth', outcome: 'ok', count: 1 },
      ],
    });
  });

  it('have a list with pages, in the order in which they were made', async () => {
    const calls = callsForPages(150, 7);
    const runId = await runWith(store.dataSource, calls);
    const listed: RecordedCall[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await listCalls(store.dataSource, { runId, limit: 20, cursor });
      expect(page.items.length).toBeLessThanOrEqual(20);
      listed.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(listed).toEqual(calls);
  });

  it('that began in the same millisecond are listed once each', async () => {
    const { startedAt } = callsForPages(1, 2)[0] as RecordedCall;
    const calls = callsForPages(9, 2).map((one) => ({ ...one, startedAt }));
    const runId = await runWith(store.dataSource, calls);
    const first = await listCalls(store.dataSource, { runId, limit: 6 });
    const rest = await listCalls(store.dataSource, { runId, limit: 20, cursor: first.nextCursor ?? '' });
    expect(new Set([...first.items, ...rest.items].map((one) => JSON.stringify(one))).size).toBe(
      calls.length,
    );
  });

  it('change the version of the run, whatever their number', async () => {
    const runId = await runWith(store.dataSource, callsForPages(100, 9));
    expect(versionOf(await read(runId))).toBe(await readRunVersion(store.dataSource, runId));
  });
});
