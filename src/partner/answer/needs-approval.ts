import type { ApprovalRequest } from '../../contract/approval';
import { exceedsShare } from '../config/values';

/** Fewer departures than this never need approval: in a small list, one person is already a large share. */
const LEAST_DEPARTING = 5;

/**
 * Whether an operator must approve a snapshot because it would mark too many people as left.
 *
 * @param maximumDeparted the largest share that needs no approval, from 0 to 1
 */
export function needsApproval(
  { departing, listed }: Pick<ApprovalRequest, 'departing' | 'listed'>,
  maximumDeparted: number,
): boolean {
  return departing >= LEAST_DEPARTING && exceedsShare(departing, listed, maximumDeparted);
}
