import type { Client } from '@temporalio/client';
import { type Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { createLogger } from '../process/logger';
import { outside } from '../process/outside';
import { applySchedules, managedPartners } from '../temporal/schedules/apply-schedules';
import { findSchedule } from '../temporal/schedules/find-schedule';
import { applyPruneSchedule, readPruneSchedule } from '../temporal/schedules/prune-schedule';
import type { ScheduleOwner } from '../temporal/schedules/schedule-settings';
import {
  backfillSchedule,
  pauseSchedule,
  readSchedule,
  resumeSchedule,
  type TriggerResult,
  triggerSchedule,
} from '../temporal/schedules/schedules';
import { formatApplied, formatList, formatPruning, type ListedSchedule } from './format-schedules';
import { say, writeJson } from './output';
import { shownTime } from './shown-time';
import { type Scheduling, usingSchedules } from './using-schedules';
import { inCommandSpan, withTracing } from './with-tracing';

const LONGEST_BACKFILL_DAYS = 31;
const DAY_MS = 86_400_000;
const EXIT_CODES =
  '\nExit codes: 0 started, 2 wrong use or configuration, or an unavailable server, 3 skipped.';

/** `schedules apply`, `list`, `pause`, `resume`, `trigger` and `backfill` */
export function schedulesCommand(schedules: Command): void {
  schedules
    .command('apply')
    .description('create and change the schedules in Temporal to match partners.yaml')
    .option('--dry-run', 'only print what would change')
    .option('--prune', 'also remove schedules that partners.yaml no longer has')
    .option('--json', 'print JSON')
    .action(apply);
  schedules
    .command('list')
    .description('list every partner and schedule, with next and last run')
    .option('--json', 'print JSON')
    .action(list);
  schedules
    .command('pause')
    .description('pause the schedule')
    .argument('<partner>')
    .option('--note <text>', 'the reason, shown with the schedule', 'Paused by an operator')
    .option('--json', 'print JSON')
    .action(pause);
  schedules
    .command('resume')
    .description('resume a schedule that is paused or backs off, and reset its count of failures')
    .argument('<partner>')
    .option('--note <text>', 'the reason, shown with the schedule', 'Resumed by an operator')
    .option('--json', 'print JSON')
    .action(resume);
  schedules
    .command('trigger')
    .description('start a scheduled run now, even if the schedule is paused')
    .argument('<partner>')
    .option('--json', 'print JSON')
    .addHelpText('after', EXIT_CODES)
    .action(trigger);
  schedules
    .command('backfill')
    .description('start one run that replaces the scheduled runs missed between two times')
    .argument('<partner>')
    .requiredOption('--from <time>', 'ISO 8601, such as 2026-01-31T05:00:00Z', time)
    .option('--to <time>', 'ISO 8601; the default is now', time)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `\nA sync always fetches the current data, so one run replaces all that were missed.${EXIT_CODES}`,
    )
    .action(backfill);
}

interface ToJson {
  readonly json?: boolean;
}

function pause(partner: string, { note, json }: ToJson & { note: string }): Promise<void> {
  return withSchedule(partner, async ({ client }, owner) => {
    await pauseSchedule(client, owner, note);
    if (json) return writeJson({ partner, schedule: await readSchedule(client, owner) });
    say(`The schedule of ${partner} is paused: ${note}`);
  });
}

function resume(partner: string, { note, json }: ToJson & { note: string }): Promise<void> {
  return withSchedule(partner, async ({ client }, owner) => {
    await resumeSchedule(client, owner, note);
    const schedule = await readSchedule(client, owner);
    if (json) return writeJson({ partner, schedule });
    const next = schedule?.nextRunAt;
    say(
      `The schedule of ${partner} is active again${next ? `; its next run is at ${shownTime(next)}` : ''}.`,
    );
  });
}

function trigger(partner: string, { json }: ToJson): Promise<void> {
  return startScheduled(partner, 'trigger', triggerSchedule, json);
}

function backfill(partner: string, { json, ...times }: ToJson & { from: Date; to?: Date }): Promise<void> {
  const range = backfillRange(times);
  return startScheduled(partner, 'backfill', (client, owner) => backfillSchedule(client, owner, range), json);
}

/** Starts a run of a schedule, and reports it. Temporal's server starts the run, which has a trace of its own. */
function startScheduled(
  partner: string,
  command: 'trigger' | 'backfill',
  start: (client: Client, owner: ScheduleOwner) => Promise<TriggerResult>,
  json: boolean | undefined,
): Promise<void> {
  const config = loadConfig(['temporal']);
  return withTracing(config, createLogger(config.logLevel), () =>
    withSchedule(partner, async ({ client }, owner) => {
      const result = await inCommandSpan(`schedules ${command}`, () => start(client, owner));
      report(partner, result, json);
    }),
  );
}

async function apply({ dryRun = false, prune = false, json = false }): Promise<void> {
  const [applied, pruning] = await usingSchedules(
    loadConfig(['temporal']),
    ({ client, taskQueue, partners }) =>
      Promise.all([
        applySchedules(client, taskQueue, partners, { dryRun, prune }),
        applyPruneSchedule(client, taskQueue, { dryRun }),
      ]),
  );
  if (json) writeJson({ dryRun, items: applied, pruning });
  else say(`Schedule for removing old history: ${pruning}.\n\n${formatApplied(applied, dryRun)}`);
  const changes = [pruning, ...applied.map(({ change }) => change)];
  if (changes.includes('refused')) outside().exitCode = EXIT.usage;
}

async function list({ json }: ToJson): Promise<void> {
  const { items, pruning } = await usingSchedules(loadConfig(['temporal']), async (scheduling) => {
    const { client, taskQueue, partners } = scheduling;
    const names = new Set([...partners.keys(), ...(await managedPartners(client, taskQueue))]);
    const listed = await Promise.all(
      [...names].map(async (partner): Promise<ListedSchedule> => {
        const schedule = (await readSchedule(client, { partner, taskQueue })) ?? null;
        return { partner, isInFile: partners.get(partner)?.schedule !== undefined, schedule };
      }),
    );
    // Temporal's list still has a schedule for a moment after it was removed.
    const items = listed.filter(({ partner, schedule }) => schedule || partners.has(partner));
    return { items, pruning: await readPruneSchedule(client, taskQueue) };
  });
  if (json) writeJson({ items: items.map(({ isInFile: _, ...item }) => item), nextCursor: null, pruning });
  else say(`${formatList(items)}\n\n${formatPruning(pruning)}`);
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

/** Prints the result of a request to start a run, and sets the exit code. */
function report(partner: string, result: TriggerResult, json = false): void {
  if (result.status === 'none') {
    throw new ExpectedError(
      'Temporal started no run: the schedule has no time in that range, or Temporal is slow. See: npx provider-sync schedules list',
    );
  }
  if (result.status === 'skipped') outside().exitCode = EXIT.skipped;
  if (json) writeJson({ partner, ...result });
  else if (result.status === 'started') {
    say(`Started ${result.workflowId}\nSee more: npx provider-sync runs show ${result.workflowId}`);
  } else {
    say(`Skipped: ${result.holder ?? 'the previous run'} of the schedule of ${partner} is still running.`);
  }
}

function backfillRange({ from, to = new Date() }: { from: Date; to?: Date }): { from: Date; to: Date } {
  if (from >= to) throw new ExpectedError('--from must be earlier than --to.');
  if (to.getTime() > Date.now()) {
    throw new ExpectedError('--to is in the future; a backfill can only cover the past.');
  }
  if (to.getTime() - from.getTime() > LONGEST_BACKFILL_DAYS * DAY_MS) {
    throw new ExpectedError(
      `A backfill covers at most ${LONGEST_BACKFILL_DAYS} days; one run replaces all that were missed, so choose a shorter range.`,
    );
  }
  return { from, to };
}

function time(text: string): Date {
  const date = new Date(/^\d{4}-\d\d-\d\d/.test(text) ? text : Number.NaN);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('Write it like 2026-01-31T05:00:00Z.');
  return date;
}
