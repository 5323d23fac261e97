import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import {
  ApplicationFailure,
  type Payload,
  type PayloadCodec,
  type SerializationContext,
} from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { FailureType } from '../../contract/failures';
import type { PayloadKey, PayloadKeys } from '../../process/payload-keys';
import { KEY_ID } from './encrypted-samples';
import { belongsTo, placeOf } from './payload-place';
import { refusedPayload } from './refused-payload';

const ENCODING = 'binary/encrypted-v2';
/** Written by version 0.1.0, and bound to no place. This version still reads it; the next one need not. */
const UNBOUND_ENCODING = 'binary/encrypted';
/** The SDK's, for a result that is empty. */
const EMPTY_ENCODING = 'binary/null';
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
 * Compresses and encrypts what Temporal stores (AES-256-GCM). The first key encrypts, every key decrypts.
 *
 * The SDK says which workflow or activity a payload belongs to. The ciphertext is bound to that place: elsewhere it
 * is refused. Plaintext is accepted for a workflow only, where it is the input of a start, a signal or an update;
 * for an activity it is refused. What is refused becomes a payload that no converter can read, see
 * {@link refusedPayload}: an error here would fail a workflow task, which Temporal repeats for ever.
 */
export class EncryptionCodec implements PayloadCodec {
  private readonly keys: ReadonlyMap<string, PayloadKey>;
  private readonly current: PayloadKey;

  /** @param keys the first encrypts, every one decrypts */
  constructor(keys: PayloadKeys) {
    this.keys = new Map(keys.map((key) => [key.id, key]));
    this.current = keys[0];
  }

  /**
   * What is empty of a workflow is left as it is: Temporal's CLI, which has no key, reports an error for an Update
   * whose result it cannot read. The empty result of an activity is encrypted, so that its end cannot be forged.
   *
   * @param context the place to bind to; without one, only a workflow can read the result
   */
  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    const place = placeOf(context);
    const isReadable = (payload: Payload) =>
      context?.type === 'workflow' && metadataOf(payload, 'encoding') === EMPTY_ENCODING;
    return Promise.all(
      payloads.map(async (payload) => (isReadable(payload) ? payload : this.encrypt(payload, place))),
    );
  }

  /**
   * @param context the place that reads; without one, each payload is read wherever it belongs
   * @throws PayloadKeyMissingError
   */
  decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return Promise.all(payloads.map((payload) => this.read(payload, context)));
  }

  private async read(payload: Payload, context: SerializationContext | undefined): Promise<Payload> {
    const encoding = metadataOf(payload, 'encoding');
    if (encoding === ENCODING) {
      const place = metadataOf(payload, 'encryption-place');
      if (!belongsTo(place, context)) return refusedPayload('it was encrypted for another place');
      return this.decrypt(payload, (keyId) => boundData(keyId, place));
    }
    if (encoding === UNBOUND_ENCODING) return this.decrypt(payload, (keyId) => Buffer.from(keyId));
    return context?.type === 'activity' ? refusedPayload('it was not encrypted') : payload;
  }

  private async encrypt(payload: Payload, place: string): Promise<Payload> {
    const { id, secret } = this.current;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, secret, iv).setAAD(boundData(id, place));
    const sealed = [iv, cipher.update(await pack(payload)), cipher.final(), cipher.getAuthTag()];
    return {
      metadata: {
        encoding: Buffer.from(ENCODING),
        'encryption-cipher': Buffer.from(CIPHER),
        [KEY_ID]: Buffer.from(id),
        ...(place !== '' && { 'encryption-place': Buffer.from(place) }),
      },
      data: Buffer.concat(sealed),
    };
  }

  private async decrypt(payload: Payload, additionalData: (keyId: string) => Buffer): Promise<Payload> {
    const id = metadataOf(payload, KEY_ID);
    const key = this.keys.get(id);
    if (!key) throw new PayloadKeyMissingError(id);
    try {
      return await unpack(open(Buffer.from(payload.data ?? []), key, additionalData(id)));
    } catch {
      return refusedPayload('it was changed after it was encrypted');
    }
  }
}

/** What a ciphertext is valid with, beside its key: the key's id and the place. */
function boundData(keyId: string, place: string): Buffer {
  return Buffer.from(JSON.stringify([keyId, place]));
}

function open(data: Buffer, { secret }: PayloadKey, additionalData: Buffer): Buffer {
  const decipher = createDecipheriv(CIPHER, secret, data.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(additionalData)
    .setAuthTag(data.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(data.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
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

function metadataOf({ metadata }: Payload, name: string): string {
  return Buffer.from(metadata?.[name] ?? []).toString();
}
