import type { PartnerCall, RunStatus } from '../../contract/sync';
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

/** How a run stands: in a colour, a shape and a word. */
export function Status({ status }: { readonly status: RunStatus }) {
  const { tone, icon } = RUNS[status];
  return (
    <span class={`status tone-${tone}`}>
      <Icon name={icon} />
      {status}
    </span>
  );
}

export function lookOfCall(outcome: PartnerCall['outcome']): Look {
  if (outcome === 'ok') return { tone: 'ok', icon: 'check' };
  if (outcome === 'Interrupted' || outcome === 'Cancelled') return { tone: 'warn', icon: 'stop' };
  return { tone: 'bad', icon: 'cross' };
}
