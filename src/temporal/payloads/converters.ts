import {
  ApplicationFailure,
  DefaultFailureConverter,
  defaultPayloadConverter,
  type Payload,
  type PayloadConverter,
  type ProtoFailure,
  type SerializationContext,
} from '@temporalio/common';
import type { FailureType } from '../../contract/failures';
import { UnreadablePayload } from '../../contract/unreadable-payload';
import { explainRefusal } from './refused-payload';

/*
 * The SDK loads this file by its path, in workers and clients and into the workflow bundle. Therefore it imports
 * nothing of Node.
 */

/**
 * The SDK's converter, with one difference: an unreadable payload becomes an {@link UnreadablePayload}, which the
 * workflow and the activities refuse by name. An error here would fail a workflow task, which Temporal repeats for
 * ever.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Payload, context?: { readonly type: string }): T {
    try {
      return defaultPayloadConverter.fromPayload(payload);
    } catch (error) {
      if (context === undefined) throw error;
      return new UnreadablePayload(explainRefusal(payload)) as T;
    }
  },
};

/**
 * Encrypts the messages and stacks of failures too. If the message of an activity's failure was not encrypted for that
 * activity, the failure was reported by hand. It becomes an `InvalidResult`.
 */
class EncryptedFailureConverter extends DefaultFailureConverter {
  constructor() {
    super({ encodeCommonAttributes: true });
  }

  override failureToError(
    failure: ProtoFailure,
    converter: PayloadConverter,
    context?: SerializationContext,
  ): Error {
    const { applicationFailureInfo, encodedAttributes } = failure;
    if (context?.type === 'activity' && applicationFailureInfo) {
      const attributes = encodedAttributes
        ? converter.fromPayload(encodedAttributes, context)
        : new UnreadablePayload('it was not encrypted');
      if (attributes instanceof UnreadablePayload) return invalidFailure(attributes);
    }
    return super.failureToError(failure, converter, context);
  }
}

export const failureConverter = new EncryptedFailureConverter();

function invalidFailure({ reason }: UnreadablePayload): ApplicationFailure {
  const message = `The failure of a step could not be read: ${reason}.`;
  return ApplicationFailure.nonRetryable(message, 'InvalidResult' satisfies FailureType);
}
