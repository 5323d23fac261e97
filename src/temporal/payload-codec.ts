import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { ApplicationFailure, type Payload, type PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { FailureType } from '../contract/failures';
import type { PayloadKey, PayloadKeys } from '../process/payload-keys';
import { KEY_ID } from './key-ids';

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** The first byte of the plaintext says how the rest is packed. */
const PLAIN = 0;
const DEFLATED = 1;
/** Smaller payloads hardly shrink. */
const COMPRESS_FROM_BYTES = 256;
/** Far beyond what Temporal carries, even compressed; keeps a hostile payload from filling the memory. */
const MAX_PAYLOAD_BYTES = 256 * 2 ** 20;

const compress = promisify(deflateRaw);
const decompress = promisify(inflateRaw);
const PayloadMessage = temporal.api.common.v1.Payload;

/** Time for a worker with the key to take over, since an activity of three attempts waits for no more than two. */
const RETRY_AFTER_MS = 30_000;

/**
 * A payload was encrypted with a key that is not configured. As Temporal's own kind of failure it keeps its name
 * where the SDK reports it for us.
 */
export class PayloadKeyMissingError extends ApplicationFailure {
  constructor(keyId: string) {
    const message = `A payload was encrypted with the key "${keyId}", which PAYLOAD_KEYS does not have; add it again.`;
    super(message, 'PayloadKeyMissing' satisfies FailureType, false, undefined, undefined, RETRY_AFTER_MS);
  }
}

/**
 * Compresses and encrypts what Temporal stores (AES-256-GCM). The first key encrypts, every key decrypts. A
 * payload that is not encrypted, such as the input of a start from the CLI, is taken as it is.
 */
export class EncryptionCodec implements PayloadCodec {
  readonly #keys: ReadonlyMap<string, PayloadKey>;
  readonly #current: PayloadKey;

  /** @param keys the first encrypts, every one decrypts */
  constructor(keys: PayloadKeys) {
    this.#keys = new Map(keys.map((key) => [key.id, key]));
    this.#current = keys[0];
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(payloads.map((payload) => this.encrypt(payload)));
  }

  /** @throws PayloadKeyMissingError, or node's error where a payload was tampered with */
  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(payloads.map((payload) => (isEncrypted(payload) ? this.decrypt(payload) : payload)));
  }

  private async encrypt(payload: Payload): Promise<Payload> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#current.secret, iv).setAAD(Buffer.from(this.#current.id));
    const sealed = [iv, cipher.update(await pack(payload)), cipher.final(), cipher.getAuthTag()];
    return {
      metadata: {
        encoding: Buffer.from(ENCODING),
        'encryption-cipher': Buffer.from(CIPHER),
        [KEY_ID]: Buffer.from(this.#current.id),
      },
      data: Buffer.concat(sealed),
    };
  }

  private async decrypt(payload: Payload): Promise<Payload> {
    const id = textOf(payload.metadata?.[KEY_ID]);
    const key = this.#keys.get(id);
    if (!key) throw new PayloadKeyMissingError(id);
    const data = Buffer.from(payload.data ?? []);
    const decipher = createDecipheriv(CIPHER, key.secret, data.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(id))
      .setAuthTag(data.subarray(-TAG_BYTES));
    return unpack(Buffer.concat([decipher.update(data.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]));
  }
}

async function pack(payload: Payload): Promise<Buffer> {
  const bytes = PayloadMessage.encode(PayloadMessage.create(payload)).finish();
  if (bytes.length < COMPRESS_FROM_BYTES) return Buffer.concat([Buffer.of(PLAIN), bytes]);
  return Buffer.concat([Buffer.of(DEFLATED), await compress(bytes)]);
}

async function unpack(packed: Buffer): Promise<Payload> {
  const content = packed.subarray(1);
  const bytes =
    packed[0] === DEFLATED ? await decompress(content, { maxOutputLength: MAX_PAYLOAD_BYTES }) : content;
  const { metadata, data } = PayloadMessage.decode(bytes);
  return { metadata, data };
}

function isEncrypted(payload: Payload): boolean {
  return textOf(payload.metadata?.encoding) === ENCODING;
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}
