import { type LastPrune, readLastPrune } from '../../temporal/runs/last-prune';
import {
  applyPruneSchedule,
  type PruneScheduleChange,
  readPruneSchedule,
} from '../../temporal/schedules/prune-schedule';
import type { ScheduleState } from '../../temporal/schedules/schedules';
import type { OperationContext } from '../context';
import { type CheckOutcome, checked } from './check';
import { overdueSince } from './check-schedules';
import { type Finding, finding } from './finding';

const APPLY = 'Run: npx provider-sync schedules apply';
const PRUNE = 'npx provider-sync prune';

/** Checks that old history is removed every night: by its schedule, and by the last run. */
export async function checkPruning(
  { client, temporal: { taskQueue } }: Pick<OperationContext, 'client' | 'temporal'>,
  now = Date.now(),
): Promise<CheckOutcome> {
  const [change, state, last] = await Promise.all([
    applyPruneSchedule(client, taskQueue, { dryRun: true }),
    readPruneSchedule(client, taskQueue),
    readLastPrune(client, taskQueue),
  ]);
  const found = [
    ...differenceOf(change),
    ...(state ? stateOf(state, now) : []),
    ...(last ? lastOf(last) : []),
  ];
  return checked(
    'old history',
    found.length > 0 ? 'not removed as it should be' : 'removed every night',
    found,
  );
}

function differenceOf(change: PruneScheduleChange): Finding[] {
  switch (change) {
    case 'created':
      return [
        finding({
          code: 'pruning-missing',
          severity: 'degraded',
          what: 'The schedule that removes old history is missing in Temporal, so the tables grow.',
          advice: APPLY,
        }),
      ];
    case 'updated':
      return [
        finding({
          code: 'pruning-differs',
          severity: 'degraded',
          what: 'The schedule that removes old history is not the one of this version.',
          advice: APPLY,
        }),
      ];
    case 'refused':
      return [
        finding({
          code: 'pruning-refused',
          severity: 'degraded',
          what: 'Temporal has a schedule with the id of the one that removes old history, but provider-sync did not make it.',
          advice: `Delete that schedule. ${APPLY}`,
        }),
      ];
    default:
      return [];
  }
}

function stateOf(state: ScheduleState, now: number): Finding[] {
  const { paused, note, scheduleId } = state;
  const resume = `temporal schedule toggle --unpause --schedule-id ${scheduleId}`;
  const overdue = overdueSince(state, now);
  return [
    ...(overdue === null
      ? []
      : [
          finding({
            code: 'pruning-overdue',
            severity: 'degraded',
            what: 'The nightly removal of old history is overdue: Temporal has not started it.',
            since: overdue,
            advice: `Look at the log of Temporal. Remove old history now: ${PRUNE}`,
          }),
        ]),
    ...(paused
      ? [
          finding({
            code: 'pruning-paused',
            severity: 'degraded',
            what: `The schedule that removes old history is paused, so the tables grow.${note ? ` Its note: ${note}` : ''}`,
            advice: `Resume it with: ${resume}`,
          }),
        ]
      : []),
  ];
}

function lastOf({ workflowId, failure, endedAt, wait }: LastPrune): Finding[] {
  if (failure !== null) {
    return [
      finding({
        code: 'pruning-failed',
        severity: 'degraded',
        what: `The last removal of old history, ${workflowId}, ${failure}.`,
        since: endedAt,
        advice: `Look at it in Temporal, then repeat it: ${PRUNE}`,
      }),
    ];
  }
  if (wait === null) return [];
  return [
    finding({
      code: 'pruning-waiting',
      severity: 'degraded',
      what: `The removal of old history, ${workflowId}, makes no progress: ${wait.reason.replace(/\.$/, '')}.`,
      since: wait.since,
      advice:
        'It continues by itself when the cause is gone. If rights are missing, run: npx provider-sync migrate --roles',
    }),
  ];
}
