import type { DataSource } from 'typeorm';
import { spanIdOf } from '../../contract/names';
import { linkSpan } from '../../process/tracing/trace';
import type { Run } from './run-row';

/** Links the current span, such as that of a click, to the span of the run that it is about. */
export function linkRun({ traceId, runId }: Pick<Run, 'traceId' | 'runId'>): void {
  if (traceId !== null) linkSpan({ traceId, spanId: spanIdOf(runId) });
}

/** Like {@link linkRun}, by our id of the run. */
export async function linkRunById(dataSource: DataSource, id: string): Promise<void> {
  const [run]: [Pick<Run, 'traceId' | 'runId'>?] = await dataSource.query(
    'SELECT trace_id AS "traceId", run_id AS "runId" FROM sync_runs WHERE id = $1',
    [id],
  );
  if (run) linkRun(run);
}
