import { needsApproval } from '../../partner/answer/needs-approval';
import type { Partner } from '../../partner/config/partner';
import type { StoredPartner } from '../../store/directory/compare-with-stored';
import type { Differences } from './count-differences';
import type { ReadPages } from './read-pages';

/** What a sync would do to the directory, if it received what was read. */
export interface DirectoryComparison extends Omit<Differences, 'listed' | 'departed'> {
  /** How many providers would be marked as left; null if that is not known. */
  readonly departed: number | null;
  /** Why `departed` is null; null if it is known. */
  readonly departedNote: string | null;
  /** Whether a sync would wait for approval; if `departed` is null, whether it might. */
  readonly needsApproval: boolean;
}

/** Applies the rules of a sync about providers who leave. */
export function compareDirectory(
  partner: Partner,
  stored: StoredPartner,
  read: ReadPages,
  { listed, departed, ...differences }: Differences,
): DirectoryComparison {
  const { most, ...departure } = judgeDeparture(partner, read, { absent: stored.listed - listed, departed });
  return {
    ...differences,
    ...departure,
    needsApproval: needsApproval({ departing: most, listed: stored.listed }, partner.maximumDeparted),
  };
}

/**
 * Only a whole list shows by an absence who left. Its records that say so count as absent. A rejected record may be about an absent
 * person, who then stays in the list.
 */
function judgeDeparture(
  { feed }: Partner,
  { isWhole, rejected }: ReadPages,
  { absent, departed }: { readonly absent: number; readonly departed: number },
): Pick<DirectoryComparison, 'departed' | 'departedNote'> & { readonly most: number } {
  if (feed !== 'snapshot') return { departed, departedNote: null, most: 0 };
  if (!isWhole) {
    const note = 'Not all pages were read, so it is not known who would leave.';
    return { departed: null, departedNote: note, most: 0 };
  }
  if (rejected.groups.length > 0 && absent > 0) {
    const note = `Stored providers who are not in the list: ${absent}. A sync marks them as left, except a person that a rejected record may be about.`;
    return { departed: null, departedNote: note, most: absent };
  }
  return { departed: absent, departedNote: null, most: absent };
}
