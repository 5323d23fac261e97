import { type AppliedSchedule, applySchedules } from '../../temporal/schedules/apply-schedules';
import { readSchedule, type ScheduleState } from '../../temporal/schedules/schedules';
import type { OperationContext } from '../context';
import { type CheckOutcome, checked } from './check';
import { type Finding, finding } from './finding';

/** Temporal starts a run within a second of its time. */
const OVERDUE_AFTER_MS = 60_000;
const APPLY = 'Run: npx provider-sync schedules apply';

type Context = Pick<OperationContext, 'client' | 'temporal' | 'partners'>;

/** Checks that Temporal has the schedules of partners.yaml, and starts their runs. */
export async function checkSchedules(
  { client, temporal, partners }: Context,
  now = Date.now(),
): Promise<CheckOutcome> {
  const { taskQueue } = temporal;
  const [applied, states] = await Promise.all([
    applySchedules(client, taskQueue, partners, { dryRun: true }),
    Promise.all(
      [...partners.keys()].map(async (partner) => ({
        partner,
        state: await readSchedule(client, { partner, taskQueue }),
      })),
    ),
  ]);
  const found = [
    ...applied.flatMap(differenceOf),
    ...states.flatMap(({ partner, state }) =>
      state ? [...overdueOf(partner, state, now), ...pausedOf(partner, state)] : [],
    ),
  ];
  const wanted = [...partners.values()].filter(({ schedule }) => schedule).length;
  return checked('schedules', `${wanted} in partners.yaml${found.length > 0 ? '' : ', applied'}`, found);
}

function differenceOf({ partner, change, differences, reason }: AppliedSchedule): Finding[] {
  const about = { severity: 'degraded', partner, link: `/partners#${partner}` } as const;
  switch (change) {
    case 'created':
      return [
        finding({
          ...about,
          code: 'schedule-missing',
          what: `The schedule of ${partner} in partners.yaml is missing in Temporal, so no run starts by itself.`,
          advice: APPLY,
        }),
      ];
    case 'updated': {
      const list = differences
        .map(({ setting, found, wanted }) => `${setting} is ${found}, not ${wanted}`)
        .join('; ');
      return [
        finding({
          ...about,
          code: 'schedule-differs',
          what: `The schedule of ${partner} in Temporal differs from partners.yaml: ${list}.`,
          advice: APPLY,
        }),
      ];
    }
    case 'refused':
      return [
        finding({
          ...about,
          code: 'schedule-refused',
          what: `The schedule of ${partner} cannot be applied: ${reason}`,
        }),
      ];
    case 'kept':
      return [
        finding({
          ...about,
          link: null,
          code: 'schedule-unwanted',
          what: `Temporal has a schedule of ${partner}, which has none in partners.yaml.`,
          advice: `${APPLY} --prune`,
        }),
      ];
    default:
      return [];
  }
}

/** The time at which Temporal should have started a run; null if it is not overdue. */
export function overdueSince({ nextRunAt, paused }: ScheduleState, now: number): string | null {
  return paused || nextRunAt === null || now - Date.parse(nextRunAt) < OVERDUE_AFTER_MS ? null : nextRunAt;
}

/** Exported for its test: a server that works starts each run at its time. */
export function overdueOf(partner: string, state: ScheduleState, now: number): Finding[] {
  const since = overdueSince(state, now);
  if (since === null) return [];
  return [
    finding({
      code: 'schedule-overdue',
      severity: 'failing',
      what: `The scheduled run of ${partner} is overdue: Temporal has not started it.`,
      since,
      advice: `Look at the log of Temporal. Start a run now: npx provider-sync sync ${partner}`,
      partner,
      link: `/partners#${partner}`,
    }),
  ];
}

function pausedOf(partner: string, { paused, note }: ScheduleState): Finding[] {
  if (!paused) return [];
  return [
    finding({
      code: 'schedule-paused',
      severity: 'degraded',
      what: `The schedule of ${partner} is paused.${note ? ` Its note: ${note}` : ''}`,
      advice: `Resume it with: npx provider-sync schedules resume ${partner}`,
      partner,
      link: `/partners#${partner}`,
    }),
  ];
}
