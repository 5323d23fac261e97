import type { Payload } from '@temporalio/common';

/** The metadata of an encrypted payload that names its key. */
export const KEY_ID = 'encryption-key-id';

/** A payload that is encrypted with a key. */
export interface EncryptedSample {
  readonly keyId: string;
  readonly payload: Payload;
}

/** One encrypted payload for each key that occurs in a message of Temporal. */
export function encryptedSamplesIn(message: unknown): EncryptedSample[] {
  const samples = new Map<string, Payload>();
  collect(message, samples);
  return [...samples].map(([keyId, payload]) => ({ keyId, payload }));
}

function collect(node: unknown, samples: Map<string, Payload>): void {
  if (node === null || typeof node !== 'object' || ArrayBuffer.isView(node)) return;
  const { metadata } = node as Payload;
  const keyId = metadata?.[KEY_ID];
  if (keyId instanceof Uint8Array) samples.set(Buffer.from(keyId).toString(), node as Payload);
  else for (const value of Object.values(node)) collect(value, samples);
}
