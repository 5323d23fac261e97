import { type PartnerStats, readStats } from '../store/directory/read-stats';
import { listRecentRuns } from '../store/runs/read-runs';
import type { Run } from '../store/runs/run-row';
import type { OperationContext } from './context';
import { describePartners, type PartnerView } from './describe-partners';

/** The state of the directory and its runs. */
export interface DirectoryReading {
  readonly partners: readonly PartnerView[];
  readonly stats: readonly PartnerStats[];
  /** The latest runs of each partner, the latest first. */
  readonly recent: ReadonlyMap<string, readonly Run[]>;
}

/** @param recentRuns the number of runs to read for each partner */
export async function readDirectory(
  context: OperationContext,
  recentRuns: number,
): Promise<DirectoryReading> {
  const { dataSource } = context;
  const reading = readStats(dataSource);
  const recent = [...context.partners.keys()].map(
    async (partner) => [partner, await listRecentRuns(dataSource, { partner, count: recentRuns })] as const,
  );
  const [partners, stats, runs] = await Promise.all([
    describePartners(context, reading),
    reading,
    Promise.all(recent),
  ]);
  return { partners, stats, recent: new Map(runs) };
}
