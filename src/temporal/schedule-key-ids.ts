import { type Client, isGrpcServiceError } from '@temporalio/client';
import { keyIdsIn } from './key-ids';
import { type ScheduleOwner, scheduleId } from './schedule-settings';

/** gRPC's status code. */
const NOT_FOUND = 5;

/**
 * The IDs of the keys that a partner's schedule is encrypted with; none where there is no schedule. Read without
 * decoding, since a key may be missing.
 */
export async function readScheduleKeyIds(client: Client, owner: ScheduleOwner): Promise<string[]> {
  const { namespace } = client.options;
  try {
    const { schedule } = await client.workflowService.describeSchedule({
      namespace,
      scheduleId: scheduleId(owner),
    });
    return keyIdsIn(schedule?.action);
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return [];
    throw error;
  }
}
