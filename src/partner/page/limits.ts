import { PartnerFailure } from '../call/partner-failure';

/** Records in one slice. Checking and storing one takes a few milliseconds, in which other runs wait. */
export const SLICE_RECORDS = 250;
/** Bytes of records in one slice of a streamed list, except for a single larger record. */
export const SLICE_BYTES = 256 * 1024;
/** A larger record, and a larger envelope around a streamed list, would block the other runs of a worker. */
export const MAX_PART_BYTES = 4 * 2 ** 20;

export function incomplete(message: string): PartnerFailure {
  return new PartnerFailure('IncompleteResponse', message);
}

/** @param part what is too large, such as `one record` */
export function tooLarge(part: string): PartnerFailure {
  return new PartnerFailure('ResponseTooLarge', `${part} was larger than ${MAX_PART_BYTES} bytes`);
}
