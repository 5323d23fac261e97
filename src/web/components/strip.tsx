import type { RunStatus } from '../../contract/run';
import type { Run } from '../../store/runs/run-row';
import { lookOf } from './status';
import { ExactTime } from './time';

/** The number of marks, each large enough for a finger, that fit in two lines on a phone. */
const SHOWN = 20;

/** The height of a mark repeats the meaning of its colour. */
const HEIGHTS: Record<RunStatus, 'tall' | 'half' | 'low'> = {
  succeeded: 'tall',
  running: 'half',
  failed: 'half',
  cancelled: 'low',
  abandoned: 'low',
  skipped: 'low',
};

/**
 * The last runs of a partner: one mark for each run, the newest at the end. All marks are one tab stop, the newest run;
 * with scripts, the arrow keys move between them.
 */
export function Strip({ runs, partner }: { readonly runs: readonly Run[]; readonly partner: string }) {
  return (
    <ul class="strip" aria-label={`The last runs of ${partner}, the newest last`}>
      {runs
        .slice(0, SHOWN)
        .reverse()
        .map((run, index, shown) => (
          <li key={run.id}>
            <a
              id={`mark-${run.id}`}
              href={`/runs/${run.id}`}
              tabIndex={index === shown.length - 1 ? undefined : -1}
              class={`tone-${lookOf(run.status).tone}`}
            >
              <span class={`mark ${HEIGHTS[run.status]}`} />
              <span class="tip">
                {run.status} <ExactTime at={run.startedAt} />
                {run.failure && `, ${run.failure.type}`}
              </span>
            </a>
          </li>
        ))}
    </ul>
  );
}
