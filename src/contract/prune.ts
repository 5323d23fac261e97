/** What is removed because of its age, in this order. */
export const PRUNED = ['calls', 'rawRecords', 'rejectedRecords', 'runs'] as const;
export type Pruned = (typeof PRUNED)[number];

/** The input of the workflow. */
export interface PruneInput {
  /** Only counts what would be removed. */
  readonly dryRun?: boolean;
}

/** The number of rows that were removed, or would be. */
export type PruneCounts = Readonly<Record<Pruned, number>>;

/** The result of the workflow. */
export interface PruneResult {
  readonly dryRun: boolean;
  readonly removed: PruneCounts;
  /** Whether nothing is left to remove. Otherwise the next run continues. */
  readonly complete: boolean;
}

/** The input of one turn, which removes rows for some seconds. */
export interface PruneTurn {
  readonly what: Pruned;
  readonly dryRun: boolean;
  /** ISO 8601, UTC: ages are counted up to this moment. */
  readonly at: string;
  /** Where the turn before ended; left out for the first one. */
  readonly after?: PrunePlace;
}

/** The last run that was looked at: its start in ISO 8601, UTC, and its id. */
export interface PrunePlace {
  readonly startedAt: string;
  readonly id: string;
}

export interface PruneTurnResult {
  readonly removed: number;
  readonly isDone: boolean;
  readonly after?: PrunePlace;
}

/** The activities of the workflow. */
export interface PruneActivities {
  pruneHistory(turn: PruneTurn): Promise<PruneTurnResult>;
}
