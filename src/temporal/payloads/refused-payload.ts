import type { Payload } from '@temporalio/common';

const ENCODING = 'binary/refused';
const REASON = 'refused-because';
/** Reasons and names of encodings are shorter; what a stranger sent may be longer. */
const MAX_TEXT_BYTES = 200;

/**
 * Takes the place of a payload that the codec refuses, and says why. No converter can read it.
 *
 * @param reason ASCII, a part of a sentence: see `UnreadablePayload`
 */
export function refusedPayload(reason: string): Payload {
  return { metadata: { encoding: bytesOf(ENCODING), [REASON]: bytesOf(reason) } };
}

/** Whether the codec has refused a payload. */
export function isRefused({ metadata }: Payload): boolean {
  return textOf(metadata?.encoding ?? undefined) === ENCODING;
}

/** Why a payload cannot be read. */
export function reasonOf({ metadata }: Payload): string {
  const encoding = textOf(metadata?.encoding);
  return encoding === ENCODING
    ? textOf(metadata?.[REASON])
    : `it came as ${JSON.stringify(encoding)}, and could not be read as that`;
}

// The sandbox of workflows, where this runs too, has no Buffer.
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function textOf(bytes: Uint8Array = new Uint8Array()): string {
  return String.fromCharCode(...bytes.subarray(0, MAX_TEXT_BYTES));
}
