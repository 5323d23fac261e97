import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import { UnreadablePayload } from '../../contract/unreadable-payload';
import { reasonOf } from './refused-payload';

/**
 * The SDK's converter, with one difference: what cannot be read becomes an {@link UnreadablePayload}, which the
 * workflow and the activities refuse by name. An error here would fail a workflow task, which Temporal repeats for
 * ever. Loaded by path, into the workflow bundle as well.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Payload, context?: { readonly type: string }): T {
    try {
      return defaultPayloadConverter.fromPayload(payload);
    } catch (error) {
      if (context === undefined) throw error;
      return new UnreadablePayload(reasonOf(payload)) as T;
    }
  },
};
