import { createHmac, randomBytes } from 'node:crypto';
import { NamedFailure } from '../../contract/named-failure';
import type { PayloadKey, PayloadKeys } from '../../process/payload-keys';
import { seal, unseal } from '../../process/seal';
import type { Reader } from '../postgres/snapshot';

const KEY_BYTES = 32;

/** Hashes a text with the key, so that it cannot be guessed without a payload key. */
export type KeyedHash = (text: string) => Buffer;

/**
 * Opens the key of the hashes of erased people. It is random and stays the same forever. It is kept sealed with a payload
 * key, and is sealed again as soon as another payload key is the first one, so that payload keys can be rotated.
 *
 * @throws NamedFailure `StoreUnavailable` if its payload key is missing: a step waits until the key is back, because
 *   without it an erased person could return
 */
export async function openSuppressionKey(runner: Reader, keys: PayloadKeys): Promise<KeyedHash> {
  await runner.query('INSERT INTO suppression_keys (id, sealed) VALUES (1, $1) ON CONFLICT DO NOTHING', [
    sealKey(randomBytes(KEY_BYTES), keys[0]),
  ]);
  const secret = await readKey(runner, keys);
  return (text) => createHmac('sha256', secret).update(text).digest();
}

/** Seals the key with the first payload key if it is sealed with another one. */
export async function renewSuppressionSeal(runner: Reader, keys: PayloadKeys): Promise<void> {
  const rows: { sealed: Buffer }[] = await runner.query('SELECT sealed FROM suppression_keys');
  const [row] = rows;
  if (row && keyIdOf(row.sealed) !== keys[0].id) await readKey(runner, keys);
}

async function readKey(runner: Reader, keys: PayloadKeys): Promise<Buffer> {
  const [{ sealed }]: [{ sealed: Buffer }] = await runner.query('SELECT sealed FROM suppression_keys');
  const id = keyIdOf(sealed);
  const key = keys.find((each) => each.id === id);
  if (!key) throw unreadable(`PAYLOAD_KEYS does not have the key "${id}"`);
  const secret = openKey(sealed, key);
  if (key !== keys[0]) {
    await runner.query('UPDATE suppression_keys SET sealed = $1 WHERE sealed = $2', [
      sealKey(secret, keys[0]),
      sealed,
    ]);
  }
  return secret;
}

/** The id of the payload key stands before the sealed key. */
function sealKey(secret: Buffer, key: PayloadKey): Buffer {
  const id = Buffer.from(key.id);
  return Buffer.concat([Buffer.of(id.length), id, seal(secret, key, boundTo(key.id))]);
}

function openKey(sealed: Buffer, key: PayloadKey): Buffer {
  try {
    return unseal(sealed.subarray(1 + (sealed[0] ?? 0)), key, boundTo(key.id));
  } catch {
    throw unreadable(`the key "${key.id}" is another one of the same name, or the table was changed`);
  }
}

function keyIdOf(sealed: Buffer): string {
  return sealed.subarray(1, 1 + (sealed[0] ?? 0)).toString();
}

function boundTo(keyId: string): Buffer {
  return Buffer.from(JSON.stringify(['suppression', keyId]));
}

function unreadable(reason: string): NamedFailure {
  return new NamedFailure('StoreUnavailable', `The list of erased people cannot be read: ${reason}.`);
}
