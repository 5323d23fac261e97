import type { DataSource } from 'typeorm';
import { FAILURES } from '../../contract/failures';
import { forgetDepartures } from './hold-snapshot';

/**
 * Ends a run that Temporal no longer runs. One that has ended meanwhile keeps its end.
 *
 * @param id our id of the run
 * @returns whether it was still running here
 */
export async function abandonRun(dataSource: DataSource, id: string): Promise<boolean> {
  const [, abandoned]: [unknown[], number] = await dataSource.query(
    `WITH ${forgetDepartures('$1')}
     UPDATE sync_runs
     SET status = 'abandoned', finished_at = now(), failure_type = 'Abandoned', failure_message = $2
     WHERE id = $1 AND status = 'running'`,
    [id, FAILURES.Abandoned.meaning],
  );
  return abandoned > 0;
}
