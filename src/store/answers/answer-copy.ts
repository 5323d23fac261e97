import { NamedFailure } from '../../contract/named-failure';
import { deflate, inflate } from '../../process/deflate';
import type { PayloadKey, PayloadKeys } from '../../process/payload-keys';
import { seal, unseal } from '../../process/seal';

/** Bytes of an answer in one part, before compression. */
export const PART_BYTES = 256 * 2 ** 10;

/** The next levels take up to twice the time, for a copy that is at most an eighth smaller. */
const FAST = { level: 1 };

/** A part of a page's copy: compressed, encrypted, and bound to its place. */
export interface SealedPart {
  /** From 0. The first part describes the page; the others are its body. */
  readonly part: number;
  readonly sealed: Buffer;
}

/** The place of a part among all copies. */
export interface PartPlace {
  /** Our id of the run that received the answer. */
  readonly runId: string;
  /** From 1. */
  readonly page: number;
  readonly part: number;
  /** Whether the page has no further part. So a copy that lacks its end is noticed. */
  readonly isLast: boolean;
}

/** Compresses and encrypts one part. The key's id stands before it, so that the keys can be rotated. */
export async function sealPart(content: Buffer, key: PayloadKey, place: PartPlace): Promise<Buffer> {
  const id = Buffer.from(key.id);
  return Buffer.concat([
    Buffer.of(id.length),
    id,
    seal(await deflate(content, FAST), key, boundData(key.id, place)),
  ]);
}

/**
 * Opens one part.
 *
 * @throws NamedFailure `AnswerUnavailable` if its key is missing, or it was changed or moved. A replay does not wait for a
 *   key: it would keep the partner from being synced
 */
export async function openPart(sealed: Buffer, keys: PayloadKeys, place: PartPlace): Promise<Buffer> {
  const start = 1 + (sealed[0] ?? 0);
  const id = sealed.subarray(1, start).toString();
  const key = keys.find((each) => each.id === id);
  if (!key) {
    const message = `The kept answer was encrypted with the key "${id}", which PAYLOAD_KEYS does not have.`;
    throw new NamedFailure('AnswerUnavailable', message);
  }
  try {
    const packed = unseal(sealed.subarray(start), key, boundData(id, place));
    return await inflate(packed, PART_BYTES);
  } catch {
    throw new NamedFailure('AnswerUnavailable', 'The kept answer was changed.');
  }
}

function boundData(keyId: string, { runId, page, part, isLast }: PartPlace): Buffer {
  return Buffer.from(JSON.stringify(['answer', keyId, runId, page, part, isLast]));
}
