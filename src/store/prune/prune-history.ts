import type { DataSource } from 'typeorm';
import type { Pruned, PrunePlace } from '../../contract/prune';
import type { RetentionConfig } from '../../process/config/retention-config';
import { countOldCalls, pruneCalls } from './prune-calls';
import { countOldRecords, countOldTexts, pruneRawRecords, pruneRejectedRecords } from './prune-rejected';
import { countUnusedRuns, pruneRuns } from './prune-runs';

/** The result of one small step. */
interface Step {
  readonly removed: number;
  readonly isDone: boolean;
  readonly after?: PrunePlace;
}

interface Pruning {
  /** How long it is kept. */
  readonly keep: keyof RetentionConfig;
  /** Removes a bounded number of rows, in one short transaction. */
  readonly step: (dataSource: DataSource, before: Date, after?: PrunePlace) => Promise<Step>;
  readonly count: (dataSource: DataSource, before: Date) => Promise<number>;
}

const PRUNINGS: Readonly<Record<Pruned, Pruning>> = {
  calls: { keep: 'calls', step: pruneCalls, count: countOldCalls },
  rawRecords: { keep: 'rawRecords', step: pruneRawRecords, count: countOldTexts },
  rejectedRecords: { keep: 'runs', step: pruneRejectedRecords, count: countOldRecords },
  runs: { keep: 'runs', step: pruneRuns, count: countUnusedRuns },
};

/** The moment before which something is removed; null if it is kept forever. */
function momentOf(what: Pruned, retention: RetentionConfig, at: Date): Date | null {
  const keptFor = retention[PRUNINGS[what].keep];
  return Number.isFinite(keptFor) ? new Date(at.getTime() - keptFor) : null;
}

/** Removes a bounded number of rows that are older than the configuration allows. */
export async function pruneStep(
  dataSource: DataSource,
  { what, at, after }: { readonly what: Pruned; readonly at: Date; readonly after?: PrunePlace | undefined },
  retention: RetentionConfig,
): Promise<Step> {
  const before = momentOf(what, retention, at);
  if (!before) return { removed: 0, isDone: true };
  return PRUNINGS[what].step(dataSource, before, after);
}

/** The number of rows that {@link pruneStep} would remove, step by step. */
export async function countPrunable(
  dataSource: DataSource,
  { what, at }: { readonly what: Pruned; readonly at: Date },
  retention: RetentionConfig,
): Promise<number> {
  const before = momentOf(what, retention, at);
  return before ? PRUNINGS[what].count(dataSource, before) : 0;
}
