import { setImmediate } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { needsApproval } from '../../partner/answer/needs-approval';
import type { Partner } from '../../partner/config/partner';
import {
  compareWithStored,
  type StoredComparison,
  type StoredPartner,
} from '../../store/directory/compare-with-stored';
import type { ReadPages } from './read-pages';

/** What a sync would do to the directory, if it received what was read. */
export interface DirectoryComparison {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** How many providers would be marked as left; null if that is not known. */
  readonly departed: number | null;
  /** Why `departed` is null or, although providers are absent, 0; null if there is nothing to say. */
  readonly departedNote: string | null;
  readonly needsApproval: boolean;
  /** What would change, and in how many providers, the most frequent first. */
  readonly changedFields: readonly { readonly field: string; readonly count: number }[];
}

/** Providers in one query. */
const BATCH = 500;

/** Compares what was read with the directory. It only reads. */
export async function compareDirectory(
  dataSource: DataSource,
  partner: Partner,
  stored: StoredPartner,
  read: ReadPages,
): Promise<DirectoryComparison> {
  const compared: StoredComparison[] = [];
  for (let from = 0; from < read.providers.length; from += BATCH) {
    const batch = read.providers.slice(from, from + BATCH);
    compared.push(...(await compareWithStored(dataSource, partner.name, batch)));
    await setImmediate();
  }
  const count = (kind: StoredComparison['kind']) => compared.filter((one) => one.kind === kind).length;
  const absent = stored.listed - compared.filter(({ isListed }) => isListed).length;
  const departure = judgeDeparture(partner, read, absent);
  return {
    inserted: count('new'),
    updated: count('changed'),
    unchanged: count('unchanged'),
    ...departure,
    needsApproval: needsApproval(
      { departing: departure.departed ?? 0, listed: stored.listed },
      partner.maximumDeparted,
    ),
    changedFields: countFields(compared),
  };
}

/** The rules of a sync: only a whole list without a rejected record shows who left. */
function judgeDeparture(
  { feed }: Partner,
  { isWhole, rejected }: ReadPages,
  absent: number,
): Pick<DirectoryComparison, 'departed' | 'departedNote'> {
  if (feed !== 'snapshot') return { departed: 0, departedNote: null };
  if (!isWhole) {
    return { departed: null, departedNote: 'Not all pages were read, so it is not known who would leave.' };
  }
  if (rejected.length > 0 && absent > 0) {
    const note = `${absent} stored providers are not in the list. No one is marked as left while records are rejected.`;
    return { departed: 0, departedNote: note };
  }
  return { departed: absent, departedNote: null };
}

function countFields(compared: readonly StoredComparison[]): DirectoryComparison['changedFields'] {
  const counts = new Map<string, number>();
  for (const field of compared.flatMap(({ fields }) => fields)) {
    counts.set(field, (counts.get(field) ?? 0) + 1);
  }
  return [...counts].map(([field, count]) => ({ field, count })).sort((a, b) => b.count - a.count);
}
