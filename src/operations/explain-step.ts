import { labelOf } from '../store/runs/explain-parts';
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
