/** What the codec writes into the metadata of an encrypted payload. */
export const KEY_ID = 'encryption-key-id';

/** The IDs of the keys that the payloads within a message of Temporal are encrypted with. */
export function keyIdsIn(message: unknown): string[] {
  const ids = new Set<string>();
  collect(message, ids);
  return [...ids];
}

function collect(node: unknown, ids: Set<string>): void {
  if (node === null || typeof node !== 'object' || ArrayBuffer.isView(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === KEY_ID && value instanceof Uint8Array) ids.add(Buffer.from(value).toString());
    else collect(value, ids);
  }
}
