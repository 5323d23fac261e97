import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { PruneResult } from '../../src/contract/prune';
import { startPrune } from '../../src/temporal/runs/start-prune';
import { killCommands } from '../support/command';
import { runHere } from '../support/command-here';
import { inScenario, type Scenario, until } from '../support/scenario';

/* A worker that is killed with SIGKILL while it removes old history. */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const RUNS = 8_000;
const CALLS = 4 * RUNS;
const MIDDLE_RUN = `(SELECT id FROM sync_runs WHERE partner = 'north' ORDER BY finished_at OFFSET ${RUNS / 2} LIMIT 1)`;

/** Adds old runs of another partner, each with four calls and some with a rejected record. */
async function addHistory({ dataSource }: Scenario): Promise<void> {
  await dataSource.query(
    `INSERT INTO sync_runs (partner, trigger, status, workflow_id, run_id, started_at, finished_at)
     SELECT 'north', 'schedule', 'failed', 'old', $1 || place, at, at
     FROM generate_series(1, ${RUNS}) place
     CROSS JOIN LATERAL (SELECT now() - interval '2000 days' + place * interval '1 minute' AS at) times`,
    [randomUUID()],
  );
  await dataSource.query(
    `INSERT INTO partner_calls (run_id, endpoint, attempt, started_at, outcome)
     SELECT id, 'auth', attempt, started_at, 'ok' FROM sync_runs, generate_series(1, 4) attempt`,
  );
  await dataSource.query(
    `INSERT INTO rejected_records (run_id, position, partner, reason, raw, created_at)
     SELECT id, 0, partner, 'MissingField', '{}', started_at FROM sync_runs WHERE run_id LIKE '%0'`,
  );
}

const left = async ({ dataSource }: Scenario, table: string): Promise<number> => {
  const [{ count }] = await dataSource.query(`SELECT count(*)::integer AS count FROM ${table}`);
  return count;
};

/** The runs that have only a part of their calls. */
const halves = ({ dataSource }: Scenario): Promise<unknown[]> =>
  dataSource.query(
    `SELECT id, count(attempt) FROM sync_runs LEFT JOIN partner_calls ON partner_calls.run_id = id
     WHERE partner = 'north' GROUP BY id
     HAVING count(attempt) <> CASE WHEN calls_removed_at IS NULL THEN 4 ELSE 0 END`,
  );

describe('a worker that is killed while it removes old history', () => {
  it(
    'leaves nothing half, and another worker removes the rest',
    inScenario({}, async (scenario) => {
      const { client, taskQueue, env } = scenario;
      await addHistory(scenario);
      const worker = await scenario.startWorker();
      const recent = await scenario.startRun();
      await recent.result;
      const dry = await runHere(['prune', '--dry-run', '--json'], env);
      expect(JSON.parse(dry.stdout)).toEqual({
        dryRun: true,
        // The latest run of each partner stays.
        removed: { calls: CALLS, rawRecords: RUNS / 10, rejectedRecords: RUNS / 10, runs: RUNS - 1 },
        complete: true,
      });
      expect(await left(scenario, 'partner_calls')).toBe(CALLS + 2);

      // The removal waits at this call, in the middle.
      const middle = await scenario.lock('partner_calls', `run_id = ${MIDDLE_RUN} AND attempt = 1`);
      const pruning: WorkflowHandle<() => Promise<PruneResult>> = await startPrune(client, taskQueue, {});
      await until(() => scenario.isWaiting('DELETE FROM partner_calls'));
      await worker.end('SIGKILL');
      await scenario.endSessions();
      await middle.release();
      const calls = await left(scenario, 'partner_calls');
      expect(calls).toBeLessThan(CALLS);
      expect(calls).toBeGreaterThan(2);
      expect(await halves(scenario)).toEqual([]);

      await scenario.startWorkerHere();
      expect(await pruning.result()).toMatchObject({ dryRun: false, complete: true });
      expect(await left(scenario, 'partner_calls')).toBe(2);
      expect(await left(scenario, 'rejected_records')).toBe(0);
      expect(await left(scenario, 'sync_runs')).toBe(2);
      expect((await recent.run()).calls).toHaveLength(2);
      expect(await left(scenario, 'providers')).toBe(10);
    }),
    PATIENCE_MS,
  );
});
