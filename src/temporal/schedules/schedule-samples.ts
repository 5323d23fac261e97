import type { Client } from '@temporalio/client';
import { hasGrpcStatus } from '../connection/grpc-status';
import { type EncryptedSample, encryptedSamplesIn } from '../payloads/encrypted-samples';
import { type ScheduleOwner, scheduleId } from './schedule-settings';

/**
 * The encrypted payloads of a partner's schedule, one for each key. Empty if there is no schedule. Payloads are not
 * decoded, because a key may be missing.
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
    if (hasGrpcStatus(error, 'NOT_FOUND')) return [];
    throw error;
  }
}
