import { defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { PRUNE_WORKFLOW_TYPE } from '../../../src/contract/names';
import type { PruneResult } from '../../../src/contract/prune';
import { startPrune } from '../../../src/temporal/runs/start-prune';
import { applyPruneSchedule } from '../../../src/temporal/schedules/prune-schedule';
import { killCommands, runCommand } from '../../support/command';
import { answerWorkflowTask } from '../../support/forge';
import { codesOf, doctor, healthOf, startApiOf } from '../../support/health';
import { inScenario, type Scenario, until } from '../../support/scenario';
import { removeSchedules } from '../../support/schedules';

const { COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION } = temporal.api.enums.v1.CommandType;

/*
 * The removal of old history is watched like the syncs: its schedule, and its last run.
 */

afterAll(killCommands);

/** Runs a test that sees the findings about the removal of old history, of the API. */
const watching = (
  test: (
    scenario: Scenario,
    found: () => Promise<Awaited<ReturnType<typeof healthOf>>['findings']>,
  ) => Promise<void>,
) =>
  inScenario({}, async (scenario) => {
    const api = await startApiOf(scenario);
    try {
      await test(scenario, async () =>
        (await healthOf(api)).findings.filter(({ code }) => code.startsWith('pruning-')),
      );
    } finally {
      await api.close();
      await removeSchedules(scenario.client, scenario.taskQueue);
    }
  });

describe('the schedule that removes old history', () => {
  it(
    'is reported if it is missing, was changed or is paused, and no longer when that is mended',
    watching(async ({ client, taskQueue, env }, found) => {
      const handle = client.schedule.getHandle(`${taskQueue}.history.prune`);
      const codes = async () => codesOf({ findings: await found() });
      expect(await found()).toMatchObject([
        { code: 'pruning-missing', severity: 'degraded', advice: 'Run: npx provider-sync schedules apply' },
      ]);
      await applyPruneSchedule(client, taskQueue);
      await until(async () => (await codes()).length === 0);
      await handle.update((schedule) => ({ ...schedule, spec: { intervals: [{ every: '999d' }] } }));
      await until(async () => (await codes()).join() === 'pruning-differs');
      await applyPruneSchedule(client, taskQueue);
      // A pause right after a change may lose the change: this test failed so once.
      await until(async () => (await codes()).length === 0);
      await handle.pause('The disk is being moved');
      await until(async () => (await codes()).join() === 'pruning-paused');
      expect((await found())[0]).toMatchObject({
        what: expect.stringContaining('Its note: The disk is being moved'),
        advice: `Resume it with: temporal schedule toggle --unpause --schedule-id ${taskQueue}.history.prune`,
      });
      const { text, codes: ofDoctor } = await doctor(env);
      expect(ofDoctor).toContain('pruning-paused');
      expect(text).toMatch(/^WARN {2}Old history .*is paused/m);
      await handle.unpause();
      await until(async () => (await codes()).length === 0);
    }),
  );
});

describe('the last removal of old history', () => {
  it(
    'is reported if it failed or makes no progress, until one succeeds; a count does not matter',
    watching(async ({ client, taskQueue, env, dataSource, startWorker }, found) => {
      await applyPruneSchedule(client, taskQueue);
      const codes = async () => codesOf({ findings: await found() }).join();
      const first = await startPrune(client, taskQueue, {});
      await first.terminate();
      await until(async () => (await codes()) === 'pruning-failed');
      expect((await found())[0]?.what).toBe(
        `The last removal of old history, ${first.workflowId}, was terminated.`,
      );

      await startWorker();
      await runCommand(['prune', '--dry-run'], env);
      for (const workflowId of [`mine-${taskQueue}`, `prune-${taskQueue}`]) {
        const args = [{ dryRun: true }];
        await client.workflow.execute(PRUNE_WORKFLOW_TYPE, { taskQueue, workflowId, args });
      }
      expect(await codes()).toBe('pruning-failed');

      await dataSource.query('ALTER TABLE rejected_records RENAME TO hidden');
      const second = await startPrune(client, taskQueue, {});
      await until(async () => (await codes()) === 'pruning-waiting');
      expect((await found())[0]).toMatchObject({
        what: expect.stringMatching(/pruneHistory is repeated .* after StoreUnavailable: .*42P01/),
        advice: expect.stringContaining('npx provider-sync migrate --roles'),
      });
      await dataSource.query('ALTER TABLE hidden RENAME TO rejected_records');
      await second.result();
      await until(async () => (await codes()) === '');
    }),
  );

  it(
    'is reported if it left old history, until one with any id removes the rest',
    watching(async (scenario, found) => {
      const { client, taskQueue, startWorker } = scenario;
      await applyPruneSchedule(client, taskQueue);
      const removed = { calls: 1, rawRecords: 0, rejectedRecords: 0, runs: 0 };
      const result = { dryRun: false, removed, complete: false } satisfies PruneResult;
      const { workflowId } = await startPrune(client, taskQueue, {});
      await answerWorkflowTask(scenario, [
        {
          commandType: COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
          completeWorkflowExecutionCommandAttributes: {
            result: { payloads: [defaultPayloadConverter.toPayload(result)] },
          },
        },
      ]);
      await until(async () => codesOf({ findings: await found() }).join() === 'pruning-failed');
      expect((await found())[0]?.what).toBe(
        `The last removal of old history, ${workflowId}, ended before everything old was removed.`,
      );

      await startWorker();
      await client.workflow.execute(PRUNE_WORKFLOW_TYPE, { taskQueue, workflowId: `mine-${taskQueue}` });
      await until(async () => (await found()).length === 0);
    }),
  );
});
