import { closeRun } from '../../../src/store/runs/close-run';
import { recordCall } from '../../../src/store/runs/ledger';
import { getRun } from '../../../src/store/runs/read-runs';
import { call, openedRun, useStore } from '../../support/store-fixtures';

describe('the ledger', () => {
  const store = useStore();
  const at = (second: number) => ({ startedAt: `2026-01-02T03:04:0${second}.000Z` });
  const failure = { type: 'PartnerError', message: 'It failed.' } as const;

  it('keeps the calls of each page apart, and numbers their attempts within the page', async () => {
    const runId = await openedRun(store.dataSource);
    const calls = [
      call(at(0)),
      call({ endpoint: 'providers', page: 1, attempt: 3, ...at(1) }),
      call({ endpoint: 'providers', page: 2, attempt: 1, ...at(2) }),
      call({ endpoint: 'providers', page: 2, attempt: 2, ...at(3) }),
      call({ page: 1_000, attempt: 3, ...at(4) }),
    ];
    for (const made of calls) await recordCall(store.dataSource, runId, made);
    await closeRun(store.dataSource, { runId, status: 'failed', failure, calls });
    const run = await getRun(store.dataSource, runId);
    expect(run?.calls).toEqual(calls.map((made) => ({ page: 1, ...made })));
  });

  it('replaces a call of the same page only if it was interrupted', async () => {
    const runId = await openedRun(store.dataSource);
    const interrupted = call({ page: 2, outcome: 'Interrupted' });
    await recordCall(store.dataSource, runId, interrupted);
    await recordCall(store.dataSource, runId, call());
    await recordCall(store.dataSource, runId, call({ page: 2, httpStatus: 200 }));
    await recordCall(store.dataSource, runId, call({ page: 2, outcome: 'PartnerError' }));
    const run = await getRun(store.dataSource, runId);
    expect(run?.calls).toMatchObject([
      { page: 1, outcome: 'ok' },
      { page: 2, outcome: 'ok', httpStatus: 200 },
    ]);
  });
});
