import type { FailureType } from './failures';

/** The argument of the workflow. Without a partner, the default partner is synced. */
export interface SyncInput {
  readonly partner?: string;
  /** Our id of an earlier run of the partner. Its answer is checked and stored again, without a call. */
  readonly replay?: string;
}

export const RUN_STATUSES = ['running', 'succeeded', 'failed', 'skipped', 'cancelled', 'abandoned'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** What a run did to the directory. */
export interface SyncCounts {
  readonly received: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** Providers of a `snapshot` feed that the run marked as left. */
  readonly departed: number;
}

/** The counts of a run in the order and the words in which people read them. */
export const COUNT_LABELS = [
  ['received', 'Received'],
  ['inserted', 'New'],
  ['updated', 'Changed'],
  ['unchanged', 'Unchanged'],
  ['departed', 'Left'],
  ['duplicates', 'Duplicates'],
  ['rejected', 'Rejected'],
] as const satisfies readonly (readonly [keyof SyncCounts, string])[];

/** How far a run has fetched a list of several pages. */
export interface FetchProgress {
  readonly pages: number;
  readonly records: number;
  /** The number of records in all pages, as the partner states it; null if it states none. */
  readonly total: number | null;
}

/** Why a run failed or was cancelled. */
export interface RunFailure {
  readonly type: FailureType;
  readonly message: string;
}

/** The run that holds the partner while another run is skipped. */
export interface RunHolder {
  readonly id: string;
  readonly workflowId: string;
  /** Temporal's run id of the holder. Histories and the workflow's result keep this name. */
  readonly runId: string;
}

/** The result of the workflow. A failed or cancelled run throws instead. */
export type SyncResult =
  | ({ readonly status: 'succeeded'; readonly id: string; readonly partner: string } & SyncCounts)
  | { readonly status: 'skipped'; readonly id: string; readonly partner: string; readonly holder: RunHolder };
