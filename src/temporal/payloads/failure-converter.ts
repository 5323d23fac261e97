import {
  ApplicationFailure,
  DefaultFailureConverter,
  type PayloadConverter,
  type ProtoFailure,
  type SerializationContext,
} from '@temporalio/common';
import type { FailureType } from '../../contract/failures';
import { UnreadablePayload } from '../../contract/unreadable-payload';

/**
 * Encrypts the messages and stacks of failures too. A failure of an activity whose message was not encrypted for that
 * activity was reported by hand, and becomes an `InvalidResult`.
 */
class EncryptedFailureConverter extends DefaultFailureConverter {
  constructor() {
    super({ encodeCommonAttributes: true });
  }

  override failureToError(
    failure: ProtoFailure,
    payloadConverter: PayloadConverter,
    context?: SerializationContext,
  ): Error {
    const { applicationFailureInfo, encodedAttributes } = failure;
    if (context?.type === 'activity' && applicationFailureInfo) {
      const attributes = encodedAttributes
        ? payloadConverter.fromPayload(encodedAttributes, context)
        : new UnreadablePayload('it was not encrypted');
      if (attributes instanceof UnreadablePayload) return invalidFailure(attributes);
    }
    return super.failureToError(failure, payloadConverter, context);
  }
}

function invalidFailure({ reason }: UnreadablePayload): ApplicationFailure {
  const message = `The failure of a step could not be read: ${reason}.`;
  return ApplicationFailure.nonRetryable(message, 'InvalidResult' satisfies FailureType);
}

/** Loaded by path, into the workflow bundle as well. */
export const failureConverter = new EncryptedFailureConverter();
