import { randomBytes, randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { payloadKeysSchema } from '../../../src/process/payload-keys';
import { applySchedules } from '../../../src/temporal/schedules/apply-schedules';
import { pauseSchedule } from '../../../src/temporal/schedules/schedules';
import { killCommands } from '../../support/command';
import { connectTestClient } from '../../support/connect-test-client';
import { codesOf, doctorReport, GOOD_NEWS, healthOf, overviewOf, withApi } from '../../support/health';
import { inScenario, until } from '../../support/scenario';
import { NEVER, partnersWithSchedules, removeSchedules } from '../../support/schedules';
import { testTemporalConfig } from '../../support/temporal-config';

/*
 * Real faults are reported everywhere: by the API, on the overview, in the metrics and by doctor.
 */

afterAll(killCommands);

/** A client whose only payload key has the id `elsewhere`. */
function connectElsewhere(): Promise<Client> {
  const payloadKeys = payloadKeysSchema.parse(`elsewhere:${randomBytes(32).toString('base64')}`);
  return connectTestClient(testTemporalConfig({ payloadKeys }));
}

describe('a payload key that open runs and schedules need', () => {
  it(
    'is named if a run is encrypted with it, and it is missing',
    inScenario({}, async (scenario) => {
      const other = await connectElsewhere();
      const workflowId = randomUUID();
      const start = { taskQueue: scenario.taskQueue, workflowId, memo: { trigger: 'cli' } };
      const handle = await other.workflow.start('syncProviders', {
        ...start,
        args: [{ partner: 'noteworth' }],
      });
      try {
        await withApi(scenario, async (api) => {
          await until(async () => codesOf(await healthOf(api)).includes('payload-key-missing'));
          const { findings } = await healthOf(api);
          expect(findings.find(({ code }) => code === 'payload-key-missing')).toMatchObject({
            severity: 'failing',
            what: `PAYLOAD_KEYS lacks the key "elsewhere", with which the run ${workflowId} is encrypted.`,
          });
          expect(await overviewOf(api)).not.toMatch(GOOD_NEWS);
        });
        expect((await doctorReport(scenario.env)).codes).toContain('payload-key-missing');
      } finally {
        await handle.terminate();
        await other.connection.close();
      }
    }),
  );

  it(
    'is named if a schedule is encrypted with it, and it is missing',
    inScenario({}, async (scenario) => {
      const { client, taskQueue } = scenario;
      const other = await connectElsewhere();
      try {
        await applySchedules(client, taskQueue, partnersWithSchedules({ noteworth: NEVER }));
        // As version 0.1.0 wrote it.
        await other.schedule.getHandle(`${taskQueue}.noteworth`).update((found) => ({
          ...found,
          action: { ...found.action, args: [{ partner: 'noteworth' }] },
        }));
        await withApi(scenario, async (api) => {
          const { findings } = await healthOf(api);
          expect(findings.find(({ code }) => code === 'payload-key-missing')).toMatchObject({
            severity: 'failing',
            what: 'PAYLOAD_KEYS lacks the key "elsewhere", with which the schedule of noteworth is encrypted.',
          });
        });
        expect((await doctorReport(scenario.env)).codes).toContain('payload-key-missing');
      } finally {
        await removeSchedules(client, taskQueue);
        await other.connection.close();
      }
    }),
  );
});

describe('a payload key of the last result', () => {
  it(
    'is named if this process lacks it, because only the workers got the new key',
    inScenario({}, async (scenario) => {
      await scenario.startWorkerHere();
      await (await scenario.startRun('with-new-key')).result;
      const PAYLOAD_KEYS = `old:${randomBytes(32).toString('base64')}`;
      await withApi({ ...scenario, env: { ...scenario.env, PAYLOAD_KEYS } }, async (api) => {
        await until(async () => codesOf(await healthOf(api)).includes('payload-key-missing'));
        const { findings } = await healthOf(api);
        expect(findings.find(({ code }) => code === 'payload-key-missing')).toMatchObject({
          severity: 'degraded',
          what: 'PAYLOAD_KEYS lacks the key "fault", with which the run with-new-key is encrypted.',
        });
        expect(await overviewOf(api)).toContain('PAYLOAD_KEYS lacks the key');
      });
      await until(async () =>
        (await doctorReport({ ...scenario.env, PAYLOAD_KEYS })).codes.includes('payload-key-missing'),
      );
      expect((await doctorReport(scenario.env)).codes).not.toContain('payload-key-missing');
    }),
  );
});

describe('a payload key with the name of another one', () => {
  it(
    'is named if it cannot decrypt the payloads of runs',
    inScenario({ payloadKeys: `same:${Buffer.alloc(32, 1).toString('base64')}` }, async (scenario) => {
      const { handle } = await scenario.startRun('unreadable');
      const memo = { trigger: 'cli' };
      const start = { taskQueue: scenario.taskQueue, workflowId: 'encrypted', memo };
      const encrypted = await scenario.client.workflow.start('syncProviders', { ...start, args: [{}] });
      const PAYLOAD_KEYS = `same:${Buffer.alloc(32, 2).toString('base64')}`;
      await until(async () =>
        (await doctorReport({ ...scenario.env, PAYLOAD_KEYS })).codes.includes('payload-key-differs'),
      );
      expect((await doctorReport(scenario.env)).codes).not.toContain('payload-key-differs');
      await Promise.all([handle.terminate(), encrypted.terminate()]);
    }),
  );
});

describe('a schedule', () => {
  it(
    'that is missing, differs, is paused or unwanted is reported',
    inScenario({}, async (scenario) => {
      const { client, taskQueue } = scenario;
      const hourly = partnersWithSchedules({ one: { every: '365d' }, two: { every: '365d' } });
      const daily = partnersWithSchedules({
        one: { every: '364d' },
        two: undefined,
        three: { every: '365d' },
      });
      await applySchedules(client, taskQueue, hourly);
      await pauseSchedule(client, { partner: 'one', taskQueue }, 'Their server moves');
      try {
        await withApi(
          scenario,
          async (api) => {
            await until(async () => codesOf(await healthOf(api)).includes('schedule-unwanted'));
            const { findings } = await healthOf(api);
            const found = findings.filter(({ code }) => code.startsWith('schedule-'));
            expect(found.map(({ code, partner }) => [code, partner])).toEqual([
              ['schedule-missing', 'three'],
              ['schedule-differs', 'one'],
              ['schedule-unwanted', 'two'],
              ['schedule-paused', 'one'],
            ]);
            expect(found[1]?.what).toContain('times is every 365 days, not every 364 days');
            expect(found[3]?.what).toContain('is paused. Its note: Their server moves');
            expect(found[3]?.advice).toBe('Resume it with: npx provider-sync schedules resume one');
          },
          { partners: daily },
        );
      } finally {
        await removeSchedules(client, taskQueue);
      }
    }),
  );
});
