import { needsApproval } from '../../partner/answer/needs-approval';
import type { Partner } from '../../partner/config/partner';
import type { StoredPartner } from '../../store/directory/compare-with-stored';
import type { Differences } from './count-differences';
import type { ReadPages } from './read-pages';

/** What a sync would do to the directory, if it received what was read. */
export interface DirectoryComparison extends Omit<Differences, 'listed'> {
  /** How many providers would be marked as left; null if that is not known. */
  readonly departed: number | null;
  /** Why `departed` is null or, although providers are absent, 0; null if there is nothing to say. */
  readonly departedNote: string | null;
  readonly needsApproval: boolean;
}

/** Applies the rules of a sync about providers who leave. */
export function compareDirectory(
  partner: Partner,
  stored: StoredPartner,
  read: ReadPages,
  { listed, ...differences }: Differences,
): DirectoryComparison {
  const departure = judgeDeparture(partner, read, stored.listed - listed);
  return {
    ...differences,
    ...departure,
    needsApproval: needsApproval(
      { departing: departure.departed ?? 0, listed: stored.listed },
      partner.maximumDeparted,
    ),
  };
}

/** Only a whole list without a rejected record shows who left. */
function judgeDeparture(
  { feed }: Partner,
  { isWhole, rejected }: ReadPages,
  absent: number,
): Pick<DirectoryComparison, 'departed' | 'departedNote'> {
  if (feed !== 'snapshot') return { departed: 0, departedNote: null };
  if (!isWhole) {
    return { departed: null, departedNote: 'Not all pages were read, so it is not known who would leave.' };
  }
  if (rejected.groups.length > 0 && absent > 0) {
    const note = `${absent} stored providers are not in the list. No one is marked as left while records are rejected.`;
    return { departed: 0, departedNote: note };
  }
  return { departed: absent, departedNote: null };
}
