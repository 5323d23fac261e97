import type { RunStatus } from '../../contract/run';
import type { Run } from '../../store/runs/run-row';
import { lookOf } from './status';
import { exactTime } from './time';

/** So many marks, each large enough for a finger, stand in two lines of a telephone. */
const SHOWN = 20;

/** A mark's height tells the same as its colour. */
const HEIGHTS: Record<RunStatus, 'tall' | 'half' | 'low'> = {
  succeeded: 'tall',
  running: 'half',
  failed: 'half',
  cancelled: 'low',
  abandoned: 'low',
  skipped: 'low',
};

/** The last runs at a glance: one mark a run, the newest at the end. */
export function Strip({ runs, partner }: { readonly runs: readonly Run[]; readonly partner: string }) {
  return (
    <ul class="strip" aria-label={`The last runs of ${partner}, the newest last`}>
      {runs
        .slice(0, SHOWN)
        .reverse()
        .map((run) => {
          const told = `${run.status} ${exactTime(run.startedAt)}${run.failure ? `, ${run.failure.type}` : ''}`;
          return (
            <li key={run.id}>
              <a
                id={`mark-${run.id}`}
                href={`/runs/${run.id}`}
                title={told}
                class={`tone-${lookOf(run.status).tone}`}
              >
                <span class={`mark ${HEIGHTS[run.status]}`} />
                <span class="visually-hidden">{told}</span>
              </a>
            </li>
          );
        })}
    </ul>
  );
}
