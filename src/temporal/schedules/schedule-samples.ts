import { type Client, isGrpcServiceError } from '@temporalio/client';
import { type EncryptedSample, encryptedSamplesIn } from '../payloads/encrypted-samples';
import { type ScheduleOwner, scheduleId } from './schedule-settings';

/** gRPC's status code. */
const NOT_FOUND = 5;

/**
 * What is encrypted in a partner's schedule, one payload for each key; none where there is no schedule. Read
 * without decoding, since a key may be missing.
 */
export async function readScheduleSamples(client: Client, owner: ScheduleOwner): Promise<EncryptedSample[]> {
  const { namespace } = client.options;
  try {
    const { schedule } = await client.workflowService.describeSchedule({
      namespace,
      scheduleId: scheduleId(owner),
    });
    return encryptedSamplesIn(schedule?.action);
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return [];
    throw error;
  }
}
