import { LABELS, labelOf } from '../store/runs/explain-parts';
import { CALL_LABELS } from '../store/runs/read-calls';
import type { RunPartKind } from '../store/runs/run-parts';
import type { CurrentStep } from '../temporal/runs/current-step';

/** The steps by the names of their activities. */
const STEPS: Readonly<Record<string, RunPartKind>> = {
  openRun: 'claim',
  authenticate: 'call',
  fetchProviders: 'call',
  replayProviders: 'replay',
  persistProviders: 'store',
};

const STEP_LABELS: Readonly<Record<string, string>> = {
  openRun: LABELS.claim,
  authenticate: CALL_LABELS.auth,
  fetchProviders: CALL_LABELS.providers,
  replayProviders: LABELS.replay,
  persistProviders: LABELS.store,
};

/**
 * A line of progress as the pages show it: with the label of the step that it begins with, instead of the name of the
 * activity.
 */
export function labelProgress(line: string): string {
  return line.replace(/^(\w+): /, (start, step) => (STEP_LABELS[step] ? `${STEP_LABELS[step]}, ` : start));
}

/** The step that a run is in, such as `Fetch providers, attempt 2 of 3`. */
export function explainStep({ step, state, call, attempt }: CurrentStep): string {
  if (state === 'queued') return labelOf({ kind: 'queue', call: null, calls: null });
  const kind = STEPS[step];
  if (call) return labelOf({ kind: 'call', call: { ...call, outcome: 'ok' }, calls: null });
  if (kind === 'call' && state === 'delayed') return labelOf({ kind: 'wait', call: null, calls: null });
  const name =
    kind === undefined
      ? step
      : kind === 'call'
        ? 'Prepare the call'
        : labelOf({ kind, call: null, calls: null });
  return `${name}, ${state === 'delayed' ? 'wait before ' : ''}attempt ${attempt}`;
}
