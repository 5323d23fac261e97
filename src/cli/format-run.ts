import { explainDecision, explainDeparting } from '../contract/approval';
import { duration } from '../contract/duration';
import { explainCounts, explainProgress, explainRefused } from '../contract/explain';
import { adviseOn } from '../contract/failures';
import { sortedName } from '../contract/person-names';
import { STARTED_WORDS, TRIGGER_WORDS } from '../contract/trigger-words';
import { explainStep } from '../operations/explain-step';
import type { RunProgress } from '../operations/read-progress';
import type { Provider } from '../store/directory/provider-row';
import { explainSpan, sumOf, tookOf, toPartRows } from '../store/runs/explain-parts';
import {
  CALLS_REMOVED,
  explainCallCounts,
  hasPages,
  leftOut,
  type RecordedCall,
} from '../store/runs/read-calls';
import type { RunWithCalls } from '../store/runs/read-runs';
import { awaitedApproval, type Run } from '../store/runs/run-row';
import type { CurrentStep } from '../temporal/runs/current-step';
import { table } from './output';
import { rejectedTable, type ShownRecord } from './rejected-table';
import { shownTime } from './shown-time';

/** One line for each run. */
export function formatRuns(runs: readonly Run[]): string {
  return table(
    [
      'STARTED',
      'PARTNER',
      'STATUS',
      'STARTED BY',
      'TOOK',
      'REPEATS',
      'RECEIVED',
      'NEW',
      'CHANGED',
      'CAUSE',
      'ID',
    ],
    runs.map((run) => [
      shownTime(run.startedAt),
      run.partner,
      awaitedApproval(run) ? 'awaiting approval' : run.status,
      TRIGGER_WORDS[run.trigger],
      tookOf(run),
      run.repeats,
      run.received,
      run.inserted,
      run.updated,
      run.failure?.type,
      run.id,
    ]),
  );
}

/** The approval that the run waits for, or the decision. */
function approvalFacts(run: Run): (readonly string[])[] {
  const { approval } = run;
  if (!approval) return [];
  if (approval.decision) return [['Approval', explainDecision(approval.decision)]];
  if (!awaitedApproval(run)) return [];
  return [
    ['Waits for', `an approval until ${shownTime(approval.deadline)}: ${explainDeparting(approval)}`],
    ['Decide', `npx provider-sync runs approve ${run.id}, or: runs reject ${run.id}`],
  ];
}

/** The people that the snapshot would mark as left, while it waits for approval; otherwise empty. */
export function formatDeparting(run: Run, departing: readonly Provider[]): string {
  const approval = awaitedApproval(run);
  if (!approval || departing.length === 0) return '';
  const people = table(
    ['WOULD LEAVE', 'TITLE', 'CLINIC', 'ID'],
    departing.map(({ id, givenName, familyName, title, clinic }) => [
      sortedName({ familyName, givenName }),
      title,
      clinic,
      id,
    ]),
  );
  const more = approval.departing - departing.length;
  return more > 0 ? `${people}\n… and ${more} more` : people;
}

/** What a running run does now, and how long it may take. */
function currentFacts(current: RunProgress | null): (readonly string[])[] {
  if (!current) return [];
  const { step, line } = current;
  return [...(step ? [['Now', describeStep(step)]] : []), ...(line ? [['Temporal', line]] : [])];
}

function describeStep(step: CurrentStep, now = Date.now()): string {
  const { state, since, until } = step;
  const name = explainStep(step);
  if (state === 'delayed' && until) return `${name}, which begins at ${shownTime(until)}`;
  const took = `${name}, for ${duration(Math.max(0, now - Date.parse(since)))} so far`;
  if (until === null) return took;
  return `${took}; given up at ${shownTime(until)}, after ${duration(Date.parse(until) - Date.parse(since))}`;
}

/**
 * A run for people: its facts and result, each call to the partner, and the rejected records.
 *
 * @param current what it does now; null if that is not known
 * @param trace the address of its trace; null if it is not known
 */
export function formatRun(
  run: RunWithCalls,
  rejected: readonly ShownRecord[],
  current: RunProgress | null = null,
  trace: string | null = null,
): string {
  const facts = table(
    ['Run', run.id],
    [
      ['Partner', run.partner],
      ['Status', run.status],
      ...(run.requestedAt ? [['Requested', shownTime(run.requestedAt)]] : []),
      [
        'Started',
        `${shownTime(run.startedAt)}, ${STARTED_WORDS[run.trigger]}${run.startedBy ? `, by ${run.startedBy}` : ''}`,
      ],
      ['Finished', shownTime(run.finishedAt)],
      ...currentFacts(current),
      ['Workflow', run.workflowId],
      ...(run.traceId ? [['Trace', trace ?? run.traceId]] : []),
      ...(run.replayOf ? [['Replay of', run.replayOf]] : []),
      ...(run.answerKeptUntil
        ? [['Answer', `kept until ${shownTime(run.answerKeptUntil)}; SHA-256 ${run.answerSha256}`]]
        : []),
      ...(run.callsRemovedAt && !run.replayOf && run.status !== 'skipped' ? [['Calls', CALLS_REMOVED]] : []),
      ...(run.holder ? [['Held by', `${run.holder.workflowId} (run ${run.holder.id})`]] : []),
      ...(run.progress ? [['Fetching', `${explainProgress(run.progress)} so far`]] : []),
      ...(run.status === 'succeeded' ? [['Result', explainCounts(run)]] : []),
      ...(run.status === 'failed' && run.received > 0 ? [['Answer', explainRefused(run)]] : []),
      ...(run.unknownFields.length > 0 ? [['New fields', run.unknownFields.join(', ')]] : []),
      ...(run.vanishedFields.length > 0 ? [['Missing fields', run.vanishedFields.join(', ')]] : []),
      ...run.remarks.map(({ message }) => ['Remark', message]),
      ...approvalFacts(run),
      ...(run.failure
        ? [
            ['Reason', run.failure.message],
            ['Advice', adviseOn(run.failure)],
          ]
        : []),
    ],
  );
  const records = rejectedTable(rejected, ['RECORD', 'FIELD', 'REASON', 'EXPLANATION']);
  const others = run.rejected - rejected.length;
  const more = others > 0 ? `\n… and ${others} more: npx provider-sync rejected list --run-id ${run.id}` : '';
  return [
    facts,
    ...(run.parts.length > 0 ? [formatParts(run)] : []),
    ...(run.actions.length > 0 ? [formatActions(run)] : []),
    ...(run.calls.length > 0 ? [`${formatCalls(run.calls)}${moreCalls(run)}`] : []),
    ...(rejected.length > 0 ? [`${records}${more}`] : []),
  ].join('\n\n');
}

/** The time of a run: what it did when, and for how long. */
function formatParts(run: RunWithCalls): string {
  const { parts } = run;
  const start = Date.parse(parts[0]?.startedAt ?? '');
  const rows = toPartRows(parts).map(({ label, parts: [first, ...others], tookMs }) => [
    label,
    others.length > 0 || !first ? '' : `+${duration(Date.parse(first.startedAt) - start)}`,
    duration(tookMs),
    first?.attempts ?? '',
    first?.call?.outcome ?? '',
  ]);
  const total = [explainSpan(run), '', duration(sumOf(parts)), '', ''];
  return table(['TIME', 'AFTER', 'TOOK', 'ATTEMPTS', 'OUTCOME'], [...rows, total]);
}

/** What operators did to a run. */
function formatActions({ actions }: RunWithCalls): string {
  return table(
    ['OPERATORS', 'AT', 'BY', 'REASON', 'RUN'],
    actions.map(({ action, records, at, by, reason, runId }) => [
      records === null ? action : `${action} ${records.toLocaleString('en')} rejected`,
      shownTime(at),
      by,
      reason,
      runId,
    ]),
  );
}

function moreCalls(run: RunWithCalls): string {
  const { total } = run.callCounts;
  const more = leftOut(run);
  if (more === 0) return '';
  return `\n… and ${more.toLocaleString('en')} more of ${total.toLocaleString('en')} calls (${explainCallCounts(run.callCounts)}): npx provider-sync runs calls ${run.id}`;
}

/** One line for each call. */
export function formatCalls(calls: readonly RecordedCall[], isPaged = hasPages(calls)): string {
  return table(
    [
      'CALL',
      ...(isPaged ? ['PAGE'] : []),
      'ATTEMPT',
      'STARTED',
      'TOOK',
      'HTTP',
      'BYTES',
      'OUTCOME',
      'DETAIL',
    ],
    calls.map((call) => [
      call.endpoint,
      ...(isPaged ? [call.page] : []),
      call.attempt,
      shownTime(call.startedAt),
      call.tookMs === null ? null : `${call.tookMs} ms`,
      call.httpStatus,
      call.bytes,
      call.outcome,
      call.detail,
    ]),
  );
}
