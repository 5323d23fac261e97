import { type Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import {
  type AppliedSchedule,
  applySchedules,
  managedPartners,
  NOT_IN_FILE,
} from '../temporal/schedules/apply-schedules';
import type { ScheduleOwner } from '../temporal/schedules/schedule-settings';
import {
  backfillSchedule,
  findSchedule,
  pauseSchedule,
  readSchedule,
  resumeSchedule,
  type ScheduleState,
  type TriggerResult,
  triggerSchedule,
} from '../temporal/schedules/schedules';
import { writeJson } from './output';
import { table } from './table';
import { type Scheduling, usingSchedules } from './using-schedules';

const LONGEST_BACKFILL_DAYS = 31;
const DAY_MS = 86_400_000;

interface ListedSchedule {
  readonly partner: string;
  /** Whether partners.yaml has it. */
  readonly isInFile: boolean;
  readonly schedule: ScheduleState | null;
}

export function schedulesCommand(program: Command): void {
  const schedules = program.command('schedules').description('let Temporal start runs by itself');
  schedules
    .command('apply')
    .description("make Temporal's schedules what partners.yaml says; as often as you like")
    .option('--dry-run', 'only say what would change')
    .option('--prune', 'also remove schedules that partners.yaml no longer has')
    .option('--json', 'as JSON')
    .action((options: { dryRun?: boolean; prune?: boolean; json?: boolean }) => apply(options));
  schedules
    .command('list')
    .description('every partner and schedule, with next and last run')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) => list(json === true));
  schedules
    .command('pause')
    .description('start no more runs by schedule')
    .argument('<partner>')
    .option('--note <text>', 'why, for those who find it paused', 'Paused by an operator')
    .action((partner: string, { note }: { note: string }) =>
      withSchedule(partner, async (scheduling, owner) => {
        await pauseSchedule(scheduling.client, owner, note);
        say(`The schedule of ${partner} is paused: ${note}`);
      }),
    );
  schedules
    .command('resume')
    .description('start runs by schedule again; earlier failures no longer count')
    .argument('<partner>')
    .option('--note <text>', 'why, for those who look at it', 'Resumed by an operator')
    .action((partner: string, { note }: { note: string }) =>
      withSchedule(partner, async ({ client }, owner) => {
        await resumeSchedule(client, owner, note);
        const next = (await readSchedule(client, owner))?.nextRunAt;
        say(`The schedule of ${partner} goes on${next ? `; its next run is at ${next}` : ''}.`);
      }),
    );
  schedules
    .command('trigger')
    .description('start a run now, as the schedule would; also where it is paused')
    .argument('<partner>')
    .addHelpText('after', '\nExit codes: 0 started, 2 wrong use or configuration, 3 skipped.')
    .action((partner: string) =>
      withSchedule(partner, async ({ client }, owner) => tell(partner, await triggerSchedule(client, owner))),
    );
  schedules
    .command('backfill')
    .description('start the one run that makes up for the times between two moments')
    .argument('<partner>')
    .requiredOption('--from <time>', 'ISO 8601, such as 2026-01-31T05:00:00Z', time)
    .option('--to <time>', 'ISO 8601; now, where it is left out', time)
    .addHelpText(
      'after',
      '\nA sync always brings the present, so that one run stands for all that were missed.' +
        '\nExit codes: 0 started, 2 wrong use or configuration, 3 skipped.',
    )
    .action((partner: string, options: { from: Date; to?: Date }) => {
      const range = backfillRange(options);
      return withSchedule(partner, async ({ client }, owner) =>
        tell(partner, await backfillSchedule(client, owner, range)),
      );
    });
}

async function apply({ dryRun = false, prune = false, json = false }): Promise<void> {
  const applied = await usingSchedules(loadConfig(['temporal']), ({ client, taskQueue, partners }) =>
    applySchedules(client, taskQueue, partners, { dryRun, prune }),
  );
  if (json) writeJson({ dryRun, items: applied });
  else say(formatApplied(applied, dryRun));
  if (applied.some(({ change }) => change === 'refused')) process.exitCode = EXIT.usage;
}

async function list(json: boolean): Promise<void> {
  const items = await usingSchedules(loadConfig(['temporal']), async ({ client, taskQueue, partners }) => {
    const names = new Set([...partners.keys(), ...(await managedPartners(client, taskQueue))]);
    const listed = await Promise.all(
      [...names].map(async (partner): Promise<ListedSchedule> => {
        const schedule = (await readSchedule(client, { partner, taskQueue })) ?? null;
        return { partner, isInFile: partners.get(partner)?.schedule !== undefined, schedule };
      }),
    );
    // Temporal's list still has a schedule for a moment after it was removed.
    return listed.filter(({ partner, schedule }) => schedule || partners.has(partner));
  });
  if (json) writeJson({ items: items.map(({ isInFile: _, ...item }) => item), nextCursor: null });
  else say(formatList(items));
}

/** @throws ExpectedError for a partner that partners.yaml does not name, or one without a schedule */
function withSchedule(
  partner: string,
  use: (scheduling: Scheduling, owner: ScheduleOwner) => Promise<void>,
): Promise<void> {
  return usingSchedules(loadConfig(['temporal']), async (scheduling) => {
    const { client, taskQueue, partners } = scheduling;
    if (!partners.has(partner)) {
      throw new ExpectedError(
        `partners.yaml does not name a partner ${JSON.stringify(partner)}, only ${[...partners.keys()].join(', ')}.`,
      );
    }
    const owner = { partner, taskQueue };
    if (!(await findSchedule(client, owner))) {
      throw new ExpectedError(
        `${partner} has no schedule; give it one in partners.yaml and run: npx provider-sync schedules apply`,
      );
    }
    await use(scheduling, owner);
  });
}

/** Says what came of a request to start a run, and sets the exit code. */
function tell(partner: string, result: TriggerResult): void {
  if (result.status === 'none') {
    throw new ExpectedError(
      'Temporal started nothing: the schedule has no time in that range, or Temporal takes long. See: npx provider-sync schedules list',
    );
  }
  if (result.status === 'started') {
    say(`Started ${result.workflowId}\nSee more: npx provider-sync runs show ${result.workflowId}`);
    return;
  }
  say(`Skipped: ${result.holder ?? 'the run before'} of the schedule of ${partner} is still running.`);
  process.exitCode = EXIT.skipped;
}

function backfillRange({ from, to = new Date() }: { from: Date; to?: Date }): { from: Date; to: Date } {
  if (from >= to) throw new ExpectedError('Nothing lies between --from and --to: --from has to be earlier.');
  if (to.getTime() > Date.now()) {
    throw new ExpectedError('--to lies in the future; a backfill is of the past.');
  }
  if (to.getTime() - from.getTime() > LONGEST_BACKFILL_DAYS * DAY_MS) {
    throw new ExpectedError(
      `Between --from and --to are more than ${LONGEST_BACKFILL_DAYS} days; one run makes up for any of them, so choose fewer.`,
    );
  }
  return { from, to };
}

function time(text: string): Date {
  const date = new Date(/^\d{4}-\d\d-\d\d/.test(text) ? text : Number.NaN);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('Write it like 2026-01-31T05:00:00Z.');
  return date;
}

function formatApplied(applied: readonly AppliedSchedule[], dryRun: boolean): string {
  if (applied.length === 0) return 'Nothing to do: no partner in partners.yaml has a schedule.';
  const rows = applied.map(({ partner, change, differences, reason, scheduleId }) => [
    partner,
    change,
    reason ??
      (differences.map(({ setting, found, wanted }) => `${setting}: ${found} → ${wanted}`).join('; ') ||
        scheduleId),
  ]);
  const lines = table(['PARTNER', 'SCHEDULE', ''], rows);
  return dryRun ? `${lines}\nNothing was changed; this is what would be.` : lines;
}

function formatList(items: readonly ListedSchedule[]): string {
  return table(
    ['PARTNER', 'SCHEDULE', 'STATE', 'NEXT RUN', 'LAST RUN', 'SKIPPED', 'MISSED', 'NOTE'],
    items.map(({ partner, isInFile, schedule }) => {
      if (!schedule) return [partner, 'none', null, null, null, null, null, null];
      const { times, paused, nextRunAt, lastRunAt, skipped, missed } = schedule;
      const note = isInFile ? schedule.note : NOT_IN_FILE;
      return [partner, times, paused ? 'paused' : 'active', nextRunAt, lastRunAt, skipped, missed, note];
    }),
  );
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
