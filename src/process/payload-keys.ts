import { createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** A key for payloads in Temporal: 32 bytes, with an id so that several keys can be in use during a rotation. */
export interface PayloadKey {
  readonly id: string;
  /** Opaque, so that no log and no error can show it. */
  readonly secret: KeyObject;
}

/** At least one key; the first encrypts, every one decrypts. */
export type PayloadKeys = readonly [PayloadKey, ...PayloadKey[]];

const KEY = /^(?<id>[A-Za-z0-9._-]{1,64}):(?<secret>[A-Za-z0-9+/_-]{43}=?)$/;

/** `id:base64 of 32 bytes`, comma-separated. Mistakes are named by position: a message must not hold a key. */
export const payloadKeysSchema = z.string().transform((text, context): PayloadKeys => {
  const keys = text.split(',').flatMap((part, index) => {
    const { id, secret } = KEY.exec(part.trim())?.groups ?? {};
    if (id !== undefined && secret !== undefined) return { id, secret: createSecretKey(secret, 'base64') };
    context.addIssue({
      code: 'custom',
      message: `key ${index + 1} is not id:base64 of 32 bytes; make one with: echo "k1:$(openssl rand -base64 32)"`,
    });
    return [];
  });
  if (new Set(keys.map((key) => key.id)).size < keys.length) {
    context.addIssue({ code: 'custom', message: 'names one key id twice' });
  }
  const [first, ...others] = keys;
  return first ? [first, ...others] : z.NEVER;
});
