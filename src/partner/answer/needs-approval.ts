import type { ApprovalRequest } from '../../contract/approval';
import { exceedsShare } from '../config/values';

/** Fewer people than this never need an approval: in a small list each of them is a large share. */
const LEAST_DEPARTING = 5;

/**
 * Whether an operator has to approve a snapshot, since it would mark too many people as left.
 *
 * @param maximumDeparted the largest share that needs no approval, from 0 to 1
 */
export function needsApproval(
  { departing, listed }: Pick<ApprovalRequest, 'departing' | 'listed'>,
  maximumDeparted: number,
): boolean {
  return departing >= LEAST_DEPARTING && exceedsShare(departing, listed, maximumDeparted);
}
