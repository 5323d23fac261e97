import { generateKeySync } from 'node:crypto';
import { ApplicationFailure, defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import type { PayloadKey } from '../../src/process/payload-keys';
import { failureConverter } from '../../src/temporal/failure-converter';
import { EncryptionCodec, PayloadKeyMissingError } from '../../src/temporal/payload-codec';

const key = (id: string): PayloadKey => ({ id, secret: generateKeySync('aes', { length: 256 }) });
const [first, second] = [key('first'), key('second')];

async function encrypted(value: unknown, codec = new EncryptionCodec([first])): Promise<Payload> {
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload(value)]);
  return payload as Payload;
}

async function decrypted(payload: Payload, codec = new EncryptionCodec([first])): Promise<unknown> {
  const [plain] = await codec.decode([payload]);
  return defaultPayloadConverter.fromPayload(plain as Payload);
}

describe('the payload codec', () => {
  it('gives back whatever it took', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        expect(await decrypted(await encrypted(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('takes binary, empty and bare payloads', async () => {
    const codec = new EncryptionCodec([first]);
    const payloads: Payload[] = [
      { metadata: {}, data: new Uint8Array() },
      { metadata: { encoding: Buffer.from('binary/null') } },
    ];
    const back = await codec.decode(await codec.encode(payloads));
    expect(back.map((payload) => Buffer.from(payload.data ?? []).length)).toEqual([0, 0]);
    expect(Buffer.from(back[1]?.metadata?.encoding ?? []).toString()).toBe('binary/null');
  });

  it('shows nothing of the content, nor of its encoding', async () => {
    const payload = await encrypted({ token: 'a-token', name: 'Zoë' });
    expect(Buffer.from(payload.data ?? []).toString('latin1')).not.toContain('a-token');
    expect(Buffer.from(payload.metadata?.encoding ?? []).toString()).toBe('binary/encrypted');
  });

  it('encrypts the same content differently each time', async () => {
    const [one, other] = [await encrypted('same'), await encrypted('same')];
    expect(Buffer.compare(Buffer.from(one.data ?? []), Buffer.from(other.data ?? []))).not.toBe(0);
  });

  it('compresses', async () => {
    const payload = await encrypted('provider '.repeat(10_000));
    expect(payload.data?.length).toBeLessThan(1000);
  });

  it('takes what is not encrypted as it is', async () => {
    expect(await decrypted(defaultPayloadConverter.toPayload({ partner: 'noteworth' }))).toEqual({
      partner: 'noteworth',
    });
  });

  it('encrypts with the first key and decrypts with every one', async () => {
    const old = await encrypted('before', new EncryptionCodec([first]));
    const rotated = new EncryptionCodec([second, first]);
    expect(await decrypted(old, rotated)).toBe('before');
    const fresh = await encrypted('after', rotated);
    expect(Buffer.from(fresh.metadata?.['encryption-key-id'] ?? []).toString()).toBe('second');
  });

  it('names the key that is missing', async () => {
    const payload = await encrypted('x', new EncryptionCodec([second]));
    await expect(decrypted(payload)).rejects.toThrow(PayloadKeyMissingError);
    await expect(decrypted(payload)).rejects.toThrow('"second"');
  });

  it('turns away what was tampered with, cut or moved to another key', async () => {
    const payload = await encrypted('x');
    const flipped = Buffer.from(payload.data ?? []);
    flipped[20] = (flipped[20] ?? 0) ^ 1;
    await expect(decrypted({ ...payload, data: flipped })).rejects.toThrow();
    await expect(decrypted({ ...payload, data: flipped.subarray(0, 10) })).rejects.toThrow();
    const sameSecret = new EncryptionCodec([{ id: 'other', secret: first.secret }]);
    const relabelled = {
      ...payload,
      metadata: { ...payload.metadata, 'encryption-key-id': Buffer.from('other') },
    };
    await expect(decrypted(relabelled, sameSecret)).rejects.toThrow();
  });
});

describe('the failure converter', () => {
  it('puts message and stack where the codec encrypts them', () => {
    const failure = failureConverter.errorToFailure(
      ApplicationFailure.nonRetryable('a secret message', 'PartnerError'),
      defaultPayloadConverter,
    );
    expect(failure.message).toBe('Encoded failure');
    expect(failure.stackTrace).toBe('');
    expect(failure.applicationFailureInfo?.type).toBe('PartnerError');
    expect(failure.encodedAttributes).toBeDefined();
  });
});
