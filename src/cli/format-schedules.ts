import { type AppliedSchedule, NOT_IN_FILE } from '../temporal/schedules/apply-schedules';
import type { ScheduleState } from '../temporal/schedules/schedules';
import { table } from './output';
import { shownTime } from './shown-time';

/** A partner with its schedule, if it has one. */
export interface ListedSchedule {
  readonly partner: string;
  /** Whether partners.yaml has it. */
  readonly isInFile: boolean;
  readonly schedule: ScheduleState | null;
}

/** What `schedules apply` did, or would do. */
export function formatApplied(applied: readonly AppliedSchedule[], dryRun: boolean): string {
  if (applied.length === 0) return 'Nothing to do: no partner in partners.yaml has a schedule.';
  const rows = applied.map(({ partner, change, differences, reason, scheduleId }) => [
    partner,
    change,
    reason ??
      (differences.map(({ setting, found, wanted }) => `${setting}: ${found} → ${wanted}`).join('; ') ||
        scheduleId),
  ]);
  const lines = table(['PARTNER', 'SCHEDULE', ''], rows);
  return dryRun ? `${lines}\nNothing was changed; these changes would be made.` : lines;
}

/** The schedule that removes old history, in one line. */
export function formatPruning(schedule: ScheduleState | null): string {
  if (!schedule) return 'Old history is not removed: run npx provider-sync schedules apply.';
  const next = schedule.paused ? 'paused' : `next ${shownTime(schedule.nextRunAt) ?? 'unknown'}`;
  const last = schedule.lastRunAt ? `last ${shownTime(schedule.lastRunAt)}` : 'not run yet';
  return `Old history is removed: ${schedule.times}; ${last}, ${next}.`;
}

function stateInWords({ paused, backOffUntil }: ScheduleState): string {
  if (paused) return 'paused';
  return backOffUntil === null ? 'active' : 'backs off';
}

/** The schedules of the partners, and their next runs. */
export function formatList(items: readonly ListedSchedule[]): string {
  const next = items.flatMap(({ partner, schedule }) =>
    (schedule?.nextRunsAt ?? []).map((at) => [partner, shownTime(at)]),
  );
  const schedules = table(
    ['PARTNER', 'SCHEDULE', 'STATE', 'LAST RUN', 'SKIPPED', 'MISSED', 'NOTE'],
    items.map(({ partner, isInFile, schedule }) => {
      if (!schedule) return [partner, 'none', null, null, null, null, null];
      const note = isInFile ? schedule.note : NOT_IN_FILE;
      return [
        partner,
        schedule.times,
        stateInWords(schedule),
        shownTime(schedule.lastRunAt),
        schedule.skipped,
        schedule.missed,
        note,
      ];
    }),
  );
  return next.length === 0 ? schedules : `${schedules}\n\n${table(['PARTNER', 'NEXT RUNS'], next)}`;
}
