import type { RunStatus } from '../../contract/run';
import type { Reader } from '../postgres/snapshot';
import type { Run } from './run-row';

/** A run beside another one. */
export interface NeighbourRun {
  readonly id: string;
  readonly status: RunStatus;
}

/** The runs of the same partner just before and after a run; null if there is none. */
export interface NeighbourRuns {
  readonly earlier: NeighbourRun | null;
  readonly later: NeighbourRun | null;
}

/** Finds the runs that one can turn to from the page of a run. */
export async function findNeighbours(
  dataSource: Reader,
  { partner, startedAt, id }: Pick<Run, 'partner' | 'startedAt' | 'id'>,
): Promise<NeighbourRuns> {
  const next = (comparison: '<' | '>', direction: 'ASC' | 'DESC') => `
    (SELECT json_build_object('id', id, 'status', status) FROM sync_runs
     WHERE partner = $1 AND (started_at, id) ${comparison} ($2, $3)
     ORDER BY started_at ${direction}, id ${direction} LIMIT 1)`;
  const [found]: [NeighbourRuns?] = await dataSource.query(
    `SELECT ${next('<', 'DESC')} AS earlier, ${next('>', 'ASC')} AS later`,
    [partner, startedAt, id],
  );
  return found ?? { earlier: null, later: null };
}
