import { explainStep } from '../../operations/explain-step';
import { type PartRow, toPartRows } from '../../store/runs/explain-parts';
import type { RunWithCalls } from '../../store/runs/read-runs';
import type { CurrentStep } from '../../temporal/runs/current-step';

/** The part that a running run is in. */
export interface CurrentPart {
  readonly label: string;
  /** Milliseconds from the start of the axis. */
  readonly from: number;
  /** Milliseconds that it has taken so far. */
  readonly tookMs: number;
  /** Milliseconds that it takes at most; null if there is no limit. */
  readonly mostMs: number | null;
}

/** The common scale of a run's parts. */
export interface RunAxis {
  /** Milliseconds from 1970. */
  readonly start: number;
  /** Milliseconds that the whole axis stands for. */
  readonly span: number;
  readonly rows: readonly PartRow[];
  /** Null if the run has ended, or if its step is not known. */
  readonly current: CurrentPart | null;
}

/** Puts the parts of a run on one scale, with the one that it is in now. */
export function axisOf(run: RunWithCalls, step: CurrentStep | null, now = Date.now()): RunAxis {
  const last = run.parts.at(-1);
  const start = Date.parse(run.parts[0]?.startedAt ?? run.requestedAt ?? run.startedAt);
  const end = last ? Date.parse(last.startedAt) + last.tookMs : start;
  const current = run.status === 'running' && step ? currentPart(step, { start, end, now }) : null;
  const until = current ? current.from + Math.max(current.tookMs, current.mostMs ?? 0) : 0;
  return { start, span: Math.max(1, end - start, until), rows: toPartRows(run.parts), current };
}

function currentPart(
  step: CurrentStep,
  { start, end, now }: { start: number; end: number; now: number },
): CurrentPart {
  const since = Math.min(now, Math.max(end, Date.parse(step.since)));
  const mostMs = step.until === null ? null : Math.max(0, Date.parse(step.until) - since);
  return { label: explainStep(step), from: since - start, tookMs: now - since, mostMs };
}
