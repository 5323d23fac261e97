import {
  ApplicationFailure,
  type Payload,
  type PayloadCodec,
  type SerializationContext,
} from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { FailureType } from '../../contract/failures';
import { deflate, inflate } from '../../process/deflate';
import type { PayloadKey, PayloadKeys } from '../../process/payload-keys';
import { CIPHER, seal, unseal } from '../../process/seal';
import { KEY_ID } from './encrypted-samples';
import { belongsTo, placeOf } from './payload-place';
import { refusedPayload } from './refused-payload';

const ENCODING = 'binary/encrypted-v2';
/** Version 0.1.0 wrote it, bound to no place. This version still reads it. The next one need not. */
const UNBOUND_ENCODING = 'binary/encrypted';
/** The SDK's encoding of an empty result. */
const EMPTY_ENCODING = 'binary/null';
/** The first byte of the plaintext: how the rest is packed. */
const PLAIN = 0;
const DEFLATED = 1;
/** Smaller payloads hardly shrink. */
const COMPRESS_FROM_BYTES = 256;
/** Far more than Temporal carries, even compressed. The limit keeps a hostile payload from filling the memory. */
const MAX_PAYLOAD_BYTES = 256 * 2 ** 20;

const PayloadMessage = temporal.api.common.v1.Payload;

/** Gives a worker with the key time to take over: an activity with three attempts waits only twice. */
const RETRY_AFTER_MS = 30_000;

/**
 * A payload was encrypted with a key that is not configured. It is an ApplicationFailure, so that it keeps its name
 * when the SDK reports it.
 */
export class PayloadKeyMissingError extends ApplicationFailure {
  constructor(keyId: string) {
    const message = `A payload was encrypted with the key "${keyId}", which PAYLOAD_KEYS does not have; add it again.`;
    super(message, 'PayloadKeyMissing' satisfies FailureType, false, undefined, undefined, RETRY_AFTER_MS);
  }
}

/**
 * Compresses and encrypts the payloads that Temporal stores (AES-256-GCM). The first key encrypts, every key decrypts.
 *
 * The SDK names the workflow or activity that a payload belongs to. The ciphertext is bound to that place and refused
 * in any other. Plaintext is accepted only as an input of a workflow: of a start, a signal or an update. A refused
 * payload is replaced by one that no converter can read, see {@link refusedPayload}: an error here would fail a
 * workflow task, which Temporal repeats for ever.
 */
export class EncryptionCodec implements PayloadCodec {
  private readonly keys: ReadonlyMap<string, PayloadKey>;
  private readonly current: PayloadKey;

  /** @param keys the first one encrypts, every one decrypts */
  constructor(keys: PayloadKeys) {
    this.keys = new Map(keys.map((key) => [key.id, key]));
    this.current = keys[0];
  }

  /**
   * The empty result of a workflow or an update is not encrypted: Temporal's CLI has no key, and reports an error for
   * an update whose result it cannot read. The empty result of an activity is encrypted, so that it cannot be forged.
   *
   * @param context the place to bind to. Without one, only a workflow can read the result
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
   * @param context the place that reads. Without one, payloads of every place are read
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
    const { id } = this.current;
    return {
      metadata: {
        encoding: Buffer.from(ENCODING),
        'encryption-cipher': Buffer.from(CIPHER),
        [KEY_ID]: Buffer.from(id),
        ...(place !== '' && { 'encryption-place': Buffer.from(place) }),
      },
      data: seal(await pack(payload), this.current, boundData(id, place)),
    };
  }

  private async decrypt(payload: Payload, additionalData: (keyId: string) => Buffer): Promise<Payload> {
    const id = metadataOf(payload, KEY_ID);
    const key = this.keys.get(id);
    if (!key) throw new PayloadKeyMissingError(id);
    try {
      return await unpack(unseal(Buffer.from(payload.data ?? []), key, additionalData(id)));
    } catch {
      return refusedPayload('it was changed after it was encrypted');
    }
  }
}

/** The additional data of the encryption: a ciphertext is valid only for its key id and its place. */
function boundData(keyId: string, place: string): Buffer {
  return Buffer.from(JSON.stringify([keyId, place]));
}

async function pack(payload: Payload): Promise<Buffer> {
  const bytes = PayloadMessage.encode(PayloadMessage.create(payload)).finish();
  if (bytes.length < COMPRESS_FROM_BYTES) return Buffer.concat([Buffer.of(PLAIN), bytes]);
  return Buffer.concat([Buffer.of(DEFLATED), await deflate(bytes)]);
}

async function unpack(packed: Buffer): Promise<Payload> {
  const content = packed.subarray(1);
  const bytes = packed[0] === DEFLATED ? await inflate(content, MAX_PAYLOAD_BYTES) : content;
  const { metadata, data } = PayloadMessage.decode(bytes);
  return { metadata, data };
}

function metadataOf({ metadata }: Payload, name: string): string {
  return Buffer.from(metadata?.[name] ?? []).toString();
}
