import type { BaseConfig, Needs } from '../process/config';
import { ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import { applySchedules } from '../temporal/schedules/apply-schedules';
import { applyPruneSchedule } from '../temporal/schedules/prune-schedule';
import { readSchedule } from '../temporal/schedules/schedules';
import { shownTime } from './shown-time';
import { usingSchedules } from './using-schedules';

/**
 * Creates and changes the schedules in Temporal to match partners.yaml, removes none, and returns one line about them.
 * A schedule that cannot be applied is reported in the log.
 */
export async function provideSchedules(
  config: BaseConfig & Pick<Needs, 'temporal'>,
  log: Logger,
): Promise<string> {
  try {
    return await usingSchedules(config, async ({ client, taskQueue, partners }) => {
      const applied = await applySchedules(client, taskQueue, partners);
      await applyPruneSchedule(client, taskQueue);
      for (const { partner, change, reason } of applied) {
        const message = change === 'kept' ? 'A schedule was kept' : 'The schedule could not be applied';
        if (reason !== null) log.warn({ partner, reason }, message);
      }
      const active = applied.filter(({ change }) => change !== 'kept' && change !== 'refused');
      const [only, ...others] = active;
      if (!only) return 'none; see npx provider-sync schedules list';
      if (others.length > 0) return `of ${active.length} partners; see npx provider-sync schedules list`;
      const state = await readSchedule(client, { partner: only.partner, taskQueue });
      const next = state?.paused ? 'paused' : `next at ${shownTime(state?.nextRunAt ?? null) ?? 'no time'}`;
      return `${state?.times ?? 'none'}; ${next}`;
    });
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    log.warn({ reason: error.message }, 'The schedules could not be applied');
    return 'not applied; try again with npx provider-sync schedules apply';
  }
}
