import { setImmediate as eventLoop } from 'node:timers/promises';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { ProblemError } from '../../http/problem';

/** Any page of a history that Temporal can send unpacks to less. A browser could hardly show more. */
const MAX_OUTPUT_BYTES = 32 * 2 ** 20;
/** Milliseconds after which the event loop handles other requests. */
const SLICE_MS = 10;

/**
 * Encodes or decodes payloads one after the other. Between slices of work, the event loop handles other requests.
 *
 * @throws ProblemError 413 if they unpack to more than the limit
 */
export async function inSlices(
  codec: PayloadCodec,
  direction: 'encode' | 'decode',
  payloads: readonly Payload[],
): Promise<Payload[]> {
  const done: Payload[] = [];
  let bytes = 0;
  let sliceEnd = performance.now() + SLICE_MS;
  for (const payload of payloads) {
    const [result] = await codec[direction]([payload]);
    if (!result) throw new Error('The codec lost a payload');
    bytes += result.data?.length ?? 0;
    if (bytes > MAX_OUTPUT_BYTES) {
      throw new ProblemError(413, 'The payloads unpack to more than 32 MiB; send fewer.');
    }
    done.push(result);
    if (performance.now() < sliceEnd) continue;
    await eventLoop();
    sliceEnd = performance.now() + SLICE_MS;
  }
  return done;
}
