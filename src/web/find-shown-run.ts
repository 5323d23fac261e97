import type { ApiContext } from '../api/context';
import { findSyncOrFail } from '../api/routes/find-sync-or-fail';
import { findInTemporal } from '../operations/find-run';
import { classifyStoreError } from '../store/postgres/store-failure';
import type { RunWithCalls } from '../store/runs/read-runs';

/** A run to show. */
interface ShownRun {
  readonly run: RunWithCalls;
  /** Whether Postgres is unavailable, so that only Temporal knows the run. */
  readonly isPartial: boolean;
}

/**
 * Finds a run for its page. While Postgres is unavailable, the run is shown as far as Temporal knows it.
 *
 * @throws ProblemError 404
 */
export async function findShownRun(context: ApiContext, id: string): Promise<ShownRun> {
  try {
    return { run: await findSyncOrFail(context, id), isPartial: false };
  } catch (error) {
    if (classifyStoreError(error)?.type !== 'StoreUnavailable') throw error;
    // If Temporal does not answer either, the page reports the first cause.
    const run = await findInTemporal(context, id).catch(() => null);
    if (!run) throw error;
    return { run, isPartial: true };
  }
}
