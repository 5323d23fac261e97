import type { BaseConfig, Needs } from '../process/config';
import { ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import { applySchedules } from '../temporal/apply-schedules';
import { readSchedule } from '../temporal/schedules';
import { usingSchedules } from './using-schedules';

/** Brings Temporal's schedules up to partners.yaml, and says in a line what they are; where it cannot, a warning does. */
export async function provideSchedules(
  config: BaseConfig & Pick<Needs, 'temporal'>,
  log: Logger,
): Promise<string> {
  try {
    return await usingSchedules(config, async ({ client, taskQueue, partners }) => {
      const applied = await applySchedules(client, taskQueue, partners);
      for (const { partner, reason } of applied) {
        if (reason !== null) log.warn({ partner, reason }, 'The schedule could not be applied');
      }
      const there = applied.filter(({ change }) => change !== 'removed' && change !== 'refused');
      const [only, ...others] = there;
      if (!only) return 'none; see npx provider-sync schedules list';
      if (others.length > 0) return `of ${there.length} partners; see npx provider-sync schedules list`;
      const state = await readSchedule(client, { partner: only.partner, taskQueue });
      const next = state?.paused ? 'paused' : `next at ${state?.nextRunAt ?? 'no time'}`;
      return `${state?.times ?? 'none'}; ${next}`;
    });
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    log.warn({ reason: error.message }, 'The schedules could not be applied');
    return 'not applied; try again with npx provider-sync schedules apply';
  }
}
