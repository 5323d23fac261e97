import type { DataSource } from 'typeorm';
import type { PartnerCall } from '../../src/contract/call';
import type { FailureType } from '../../src/contract/failures';
import { abandonRun } from '../../src/store/runs/abandon-run';
import { closeRun } from '../../src/store/runs/close-run';
import type { RunStart } from '../../src/store/runs/open-run';
import { saveSync } from '../../src/store/save/save-sync';
import { answer, openedRun, provider } from './store-fixtures';

interface EndedRun extends Partial<Omit<RunStart, 'temporalRunId'>> {
  /** Null for a run that succeeded. */
  readonly failure?: FailureType | null;
  readonly message?: string;
  readonly calls?: readonly PartnerCall[];
  /** How long ago the run ended, as Postgres reads it, such as `2 hours`. */
  readonly ago?: string;
  /** How long the run took, as Postgres reads it. */
  readonly took?: string;
}

/** A run that ended some time ago. */
export async function endedRun(
  dataSource: DataSource,
  {
    failure = null,
    message = 'It failed.',
    calls = [],
    ago = '0 s',
    took = '1 s',
    partner = 'noteworth',
    ...start
  }: EndedRun = {},
): Promise<string> {
  const runId = await openedRun(dataSource, { partner, ...start });
  if (failure === null) {
    await saveSync(dataSource, { runId, partner, feed: 'sample', answer: answer([provider('1')]), calls });
  } else if (failure === 'Abandoned') {
    await abandonRun(dataSource, runId);
  } else {
    const status = failure === 'Cancelled' ? 'cancelled' : 'failed';
    await closeRun(dataSource, { runId, status, failure: { type: failure, message }, calls });
  }
  await dataSource.query(
    `UPDATE sync_runs SET finished_at = date_trunc('second', now()) - $2::interval,
       started_at = date_trunc('second', now()) - $2::interval - $3::interval WHERE id = $1`,
    [runId, ago, took],
  );
  return runId;
}
