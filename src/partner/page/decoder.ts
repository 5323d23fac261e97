import type { Json } from '../../contract/answer';

/** Takes the next records of a body. */
export type TakeRecords = (records: readonly unknown[]) => Promise<void>;

/**
 * Reads the body of a page to its end, and passes its records on in slices.
 *
 * @param body UTF-8 in chunks of whole characters
 * @returns what surrounds the records, in which a streamed list is empty; undefined if the format has no place for it
 * @throws PartnerFailure `IncompleteResponse` if the body is malformed or cut, `ResponseTooLarge` for a record that would
 *   block other runs
 */
export type Decoder = (body: AsyncIterable<Buffer>, take: TakeRecords) => Promise<Json | undefined>;
