import type { FailureType } from '../../contract/failures';
import type { RunStatus, SyncCounts } from '../../contract/run';

/** A run that a statement of this process has ended. Each run ends once, however often the step is executed. */
export interface RunEnd {
  /** Null if the start named no partner of ours. */
  readonly partner: string | null;
  readonly status: Exclude<RunStatus, 'running'>;
  /** Null for a run that succeeded or was skipped. */
  readonly failure: FailureType | null;
  /** Seconds from its start to its end; null for a run that never held its partner. */
  readonly seconds: number | null;
  /** Null for a run that got no answer. */
  readonly counts: SyncCounts | null;
}

/** Takes the end of a run after it was committed. */
export type OnRunEnd = (end: RunEnd) => void;

/** How long the run took, in seconds, for use after RETURNING. */
export const RUN_SECONDS = 'extract(epoch FROM finished_at - started_at)::double precision AS seconds';
