import { duration } from '../../contract/duration';
import { MAX_CALLS_PER_ENDPOINT } from '../../contract/names';
import { CALL_LABELS } from './read-calls';
import type { RunPart, RunPartKind } from './run-parts';
import { durationOf, type Run } from './run-row';

/** A line of a chart or table of a run's time. */
export interface PartRow {
  readonly label: string;
  /** One part, or all that are between the others. */
  readonly parts: readonly RunPart[];
  /** Milliseconds of these parts together. */
  readonly tookMs: number;
}

/** One line for each part, in order. What is between them is one line, the last one. */
export function toPartRows(parts: readonly RunPart[]): PartRow[] {
  const between = parts.filter(({ kind }) => kind === 'overhead');
  const rows = parts
    .filter(({ kind }) => kind !== 'overhead')
    .map((part) => ({ label: labelOf(part), parts: [part], tookMs: part.tookMs }));
  if (between.length === 0) return rows;
  return [...rows, { label: LABELS.overhead, parts: between, tookMs: sumOf(between) }];
}

/** Milliseconds of the parts together: from the request to the end of a run. */
export function sumOf(parts: readonly RunPart[]): number {
  return parts.reduce((sum, { tookMs }) => sum + tookMs, 0);
}

/** How long a run took, such as `12.3 s`; null if it is still running or was skipped. */
export function tookOf(run: Run): string | null {
  const ms = durationOf(run);
  return ms === null ? null : duration(ms);
}

/** What the parts of a run span, such as `From the request to the end`. */
export function explainSpan({ requestedAt, finishedAt }: Pick<Run, 'requestedAt' | 'finishedAt'>): string {
  const from = requestedAt === null ? 'the recorded start' : 'the request';
  return finishedAt === null ? `From ${from} until now` : `From ${from} to the end`;
}

/** What happens in a part, such as `Fetch providers, attempt 2 of 3`. */
export function labelOf({ kind, call, calls }: Pick<RunPart, 'kind' | 'call' | 'calls'>): string {
  if (calls) return `${calls.total.toLocaleString('en')} calls and the time between them`;
  if (!call) return LABELS[kind];
  const page = call.page > 1 ? `, page ${call.page.toLocaleString('en')}` : '';
  return `${CALL_LABELS[call.endpoint]}${page}, attempt ${call.attempt} of ${MAX_CALLS_PER_ENDPOINT}`;
}

/** The parts of a run in words. */
export const LABELS: Record<RunPartKind, string> = {
  queue: 'Wait for a worker',
  claim: 'Claim the partner',
  call: 'Call',
  wait: 'Wait before the next attempt',
  calls: 'Calls',
  replay: 'Read the kept answer',
  store: 'Store',
  approval: 'Wait for approval',
  close: 'Record the end',
  lost: 'Lost: no worker ran it',
  overhead: 'Temporal and worker',
};
