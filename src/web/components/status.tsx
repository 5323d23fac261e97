import type { PartnerCall } from '../../contract/call';
import type { RunStatus } from '../../contract/run';
import { Icon, type IconName } from './icon';

export type Tone = 'ok' | 'bad' | 'busy' | 'warn' | 'idle';

interface Look {
  readonly tone: Tone;
  readonly icon: IconName;
}

const RUNS: Record<RunStatus, Look> = {
  running: { tone: 'busy', icon: 'turn' },
  succeeded: { tone: 'ok', icon: 'check' },
  failed: { tone: 'bad', icon: 'cross' },
  skipped: { tone: 'idle', icon: 'skip' },
  cancelled: { tone: 'warn', icon: 'stop' },
  abandoned: { tone: 'warn', icon: 'question' },
};

export function lookOf(status: RunStatus): Look {
  return RUNS[status];
}

/** The status text of a running run that waits for an approval. */
export const AWAITING = 'awaiting approval';

interface StatusProps {
  readonly status: RunStatus;
  readonly isAwaited?: boolean;
}

/** The status of a run as a colour, a shape and a word. */
export function Status({ status, isAwaited = false }: StatusProps) {
  const { tone, icon }: Look = isAwaited ? { tone: 'warn', icon: 'question' } : RUNS[status];
  return (
    <span class={`status tone-${tone}`}>
      <Icon name={icon} />
      {isAwaited ? AWAITING : status}
    </span>
  );
}

/** A good or a bad state as a colour, a shape and a word. */
export function GoodOrBad({ isGood, children }: { readonly isGood: boolean; readonly children: string }) {
  const { tone, icon } = RUNS[isGood ? 'succeeded' : 'failed'];
  return (
    <span class={`status tone-${tone}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}

export function lookOfCall(outcome: PartnerCall['outcome']): Look {
  if (outcome === 'ok') return { tone: 'ok', icon: 'check' };
  if (outcome === 'Interrupted' || outcome === 'Cancelled') return { tone: 'warn', icon: 'stop' };
  return { tone: 'bad', icon: 'cross' };
}
