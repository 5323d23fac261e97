import { deflateRawSync } from 'node:zlib';
import type { CheckedAnswer } from '../../contract/answer';
import { PartnerFailure } from '../call/partner-failure';

/** Temporal accepts 2 MiB for one result. The difference is room for encryption and the ledger. */
const MAX_BYTES = Math.floor(1.9 * 2 ** 20);

/**
 * Fails for an answer that Temporal would refuse as a result. Repeating the activity would not help.
 *
 * @throws PartnerFailure `ResponseTooLarge`
 */
export function assertCarriable(answer: CheckedAnswer): void {
  const json = JSON.stringify(answer);
  if (json.length < MAX_BYTES / 4) return;
  try {
    deflateRawSync(json, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new PartnerFailure('ResponseTooLarge', tooLarge(answer));
  }
}

function tooLarge({ received, rejected }: CheckedAnswer): string {
  const unusable = rejected.length > 0 ? `, of which ${rejected.length} cannot be used,` : '';
  return `${received} records${unusable} take more than ${MAX_BYTES} bytes after compression, the most that Temporal carries in one result`;
}
