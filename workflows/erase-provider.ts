import { ApplicationFailure, proxyActivities, setCurrentDetails, uuid4 } from '@temporalio/workflow';
import type { EraseInput, Erasure, ErasureActivities, UneraseInput } from '../src/contract/erasure';
import type { FailureType } from '../src/contract/failures';
import { TIMEOUTS } from '../src/contract/timeouts';

/** A UUID, as our ids are. */
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const activities = proxyActivities<ErasureActivities>({
  startToCloseTimeout: TIMEOUTS.save,
  heartbeatTimeout: TIMEOUTS.heartbeat,
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
});

/**
 * Erases a person from the directory and its history, and keeps the person from coming back.
 *
 * @returns the receipt, of the first erasure if the person was erased before; null if there never was such a person
 */
export async function eraseProvider(input: EraseInput): Promise<Erasure | null> {
  requireId(input?.providerId, 'providerId');
  const receipt = await activities.eraseProvider({ ...input, erasureId: uuid4() });
  setCurrentDetails(receipt ? `- Erased. Receipt ${receipt.id}` : '- The directory has no such person');
  return receipt;
}

/**
 * Lets an erased person come back with the partner's next answer.
 *
 * @returns the receipt; null if there is none
 */
export async function uneraseProvider(input: UneraseInput): Promise<Erasure | null> {
  requireId(input?.erasureId, 'erasureId');
  return activities.uneraseProvider(input);
}

function requireId(id: unknown, name: string): void {
  if (typeof id === 'string' && ID.test(id)) return;
  throw ApplicationFailure.nonRetryable(
    `The input must be an object with ${name}, a UUID.`,
    'InvalidInput' satisfies FailureType,
  );
}
