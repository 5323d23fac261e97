import { listRuns } from '../../src/store/runs/read-runs';
import { applySchedules } from '../../src/temporal/schedules/apply-schedules';
import { readSchedule } from '../../src/temporal/schedules/schedules';
import { killCommands } from '../support/command';
import { startScenario, until } from '../support/scenario';
import { partnersWithSchedules, scheduleIds } from '../support/schedules';

const PATIENCE_MS = 300_000;

afterAll(killCommands);

describe('a schedule whose worker is killed in the middle of a run', () => {
  it(
    'continues with the next worker, runs one at a time, and exists once',
    async () => {
      const scenario = await startScenario({ providers: [{ fault: 'slow', delayMs: 60_000 }] });
      const { client, taskQueue, dataSource } = scenario;
      const partners = partnersWithSchedules({ noteworth: { every: '1s' } });
      const succeeded = async () =>
        (await listRuns(dataSource, { status: 'succeeded', limit: 100 })).items.length;
      try {
        const first = await scenario.startWorker();
        await applySchedules(client, taskQueue, partners);
        await until(() => scenario.calls('providers') === 1);
        await first.end('SIGKILL');

        await scenario.startWorker();
        for (const _ of [1, 2, 3]) await applySchedules(client, taskQueue, partners);
        await until(async () => (await succeeded()) >= 3);

        const { items } = await listRuns(dataSource, { limit: 100 });
        expect([...new Set(items.map(({ trigger }) => trigger))]).toEqual(['schedule']);
        // Temporal left out the overlapping runs; no run had to be skipped.
        expect(items.filter(({ status }) => ['skipped', 'abandoned'].includes(status))).toEqual([]);
        expect((await readSchedule(client, { partner: 'noteworth', taskQueue }))?.skipped).toBeGreaterThan(0);
        expect(await scheduleIds(client, taskQueue)).toEqual([`${taskQueue}.noteworth`]);
      } finally {
        await applySchedules(client, taskQueue, partnersWithSchedules({ noteworth: undefined }));
        await scenario.end();
      }
    },
    PATIENCE_MS,
  );
});
