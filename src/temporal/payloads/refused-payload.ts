import type { Payload } from '@temporalio/common';

const ENCODING = 'binary/refused';
const REASON = 'refused-because';
/** Our reasons and the names of encodings are shorter. A forged payload may be longer. */
const MAX_TEXT_BYTES = 200;

/**
 * Replaces a payload that the codec refuses, with the reason. No converter can read it.
 *
 * @param reason ASCII, a part of a sentence, see `UnreadablePayload`
 */
export function refusedPayload(reason: string): Payload {
  return { metadata: { encoding: bytesOf(ENCODING), [REASON]: bytesOf(reason) } };
}

/** Whether the codec has refused a payload. */
export function isRefused({ metadata }: Payload): boolean {
  return textOf(metadata?.encoding ?? undefined) === ENCODING;
}

/** Why a payload cannot be read. */
export function explainRefusal({ metadata }: Payload): string {
  const encoding = textOf(metadata?.encoding);
  return encoding === ENCODING
    ? textOf(metadata?.[REASON])
    : `its encoding ${JSON.stringify(encoding)} could not be read`;
}

// Workflows load this file too, and their sandbox has no Buffer.
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function textOf(bytes: Uint8Array = new Uint8Array()): string {
  return String.fromCharCode(...bytes.subarray(0, MAX_TEXT_BYTES));
}
