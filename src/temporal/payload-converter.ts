import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import { UnreadablePayload } from '../contract/unreadable-payload';

/**
 * The SDK's own, but that what cannot be read of a start becomes an {@link UnreadablePayload}, which the workflow
 * refuses by name: an error here would be repeated for ever as that of a workflow task. Loaded by path, into the
 * workflow bundle as well.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Payload, context?: { readonly type: string }): T {
    try {
      return defaultPayloadConverter.fromPayload(payload);
    } catch (error) {
      if (context?.type !== 'workflow') throw error;
      return new UnreadablePayload(encodingOf(payload)) as T;
    }
  },
};

/** The sandbox of workflows has no Buffer. */
function encodingOf({ metadata }: Payload): string {
  return String.fromCharCode(...(metadata?.encoding ?? []));
}
