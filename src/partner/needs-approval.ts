import type { ApprovalRequest } from '../contract/approval';
import { exceedsShare } from './share';

/** Fewer people than this never need an approval: in a small list each of them is a large share. */
export const LEAST_DEPARTING = 5;

/**
 * Whether a snapshot would mark so many people as left that an operator has to approve it.
 *
 * @param maximumDeparted the largest share that needs no approval, from 0 to 1
 */
export function needsApproval(
  { departing, listed }: Pick<ApprovalRequest, 'departing' | 'listed'>,
  maximumDeparted: number,
): boolean {
  return departing >= LEAST_DEPARTING && exceedsShare(departing, listed, maximumDeparted);
}
