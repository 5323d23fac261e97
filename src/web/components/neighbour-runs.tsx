import type { NeighbourRun, NeighbourRuns } from '../../store/runs/find-neighbours';

interface NeighboursProps extends NeighbourRuns {
  readonly partner: string;
}

/** Links to all runs of the partner, and to the one before and after. */
export function Neighbours({ partner, earlier, later }: NeighboursProps) {
  return (
    <nav class="neighbours" aria-label={`Other runs of ${partner}`}>
      <a id="runs-of-partner" href={`/runs?partner=${partner}`}>
        All runs of {partner}
      </a>
      {earlier && (
        <Neighbour id="earlier" run={earlier}>
          ← Earlier run
        </Neighbour>
      )}
      {later && (
        <Neighbour id="later" run={later}>
          Later run →
        </Neighbour>
      )}
    </nav>
  );
}

interface NeighbourProps {
  readonly id: string;
  readonly run: NeighbourRun;
  readonly children: string;
}

function Neighbour({ id, run, children }: NeighbourProps) {
  return (
    <span>
      <a id={id} href={`/runs/${run.id}`}>
        {children}
      </a>{' '}
      <span class="muted">({run.status})</span>
    </span>
  );
}
