import { generateKeySync } from 'node:crypto';
import {
  ApplicationFailure,
  defaultPayloadConverter,
  type Payload,
  type SerializationContext,
} from '@temporalio/common';
import fc from 'fast-check';
import { UnreadablePayload } from '../../../src/contract/unreadable-payload';
import type { PayloadKey } from '../../../src/process/payload-keys';
import { payloadKeysSchema } from '../../../src/process/payload-keys';
import { failureConverter, payloadConverter } from '../../../src/temporal/payloads/converters';
import { EncryptionCodec, PayloadKeyMissingError } from '../../../src/temporal/payloads/payload-codec';
import { readHistories } from '../../replay/histories';
import { PUBLISHED_KEYS } from '../../replay/published-keys';
import { activityResults } from '../../support/raw-history';

const key = (id: string): PayloadKey => ({ id, secret: generateKeySync('aes', { length: 256 }) });
const [first, second] = [key('first'), key('second')];

const WORKFLOW = { type: 'workflow', namespace: 'default', workflowId: 'a-run' } as const;
const ACTIVITY = { ...WORKFLOW, type: 'activity', activityId: '2', isLocal: false } as const;

async function encrypted(
  value: unknown,
  codec = new EncryptionCodec([first]),
  context?: SerializationContext,
): Promise<Payload> {
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload(value)], context);
  return payload as Payload;
}

/** The value, or why the payload was refused. */
async function decrypted(
  payload: Payload,
  codec = new EncryptionCodec([first]),
  context?: SerializationContext,
): Promise<unknown> {
  const [plain] = await codec.decode([payload], context);
  const value = payloadConverter.fromPayload(plain as Payload, context ?? WORKFLOW);
  return value instanceof UnreadablePayload ? `refused: ${value.reason}` : value;
}

describe('the payload codec', () => {
  it('decodes every payload to the original', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        expect(await decrypted(await encrypted(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('leaves the empty result of a workflow readable without a key, and encrypts that of an activity', async () => {
    const empty = await encrypted(undefined, undefined, WORKFLOW);
    expect(empty).toEqual(defaultPayloadConverter.toPayload(undefined));
    expect(await decrypted(empty, undefined, WORKFLOW)).toBeUndefined();
    expect(await decrypted(empty, undefined, ACTIVITY)).toBe('refused: it was not encrypted');
    const ended = await encrypted(undefined, undefined, ACTIVITY);
    expect(await decrypted(ended, undefined, ACTIVITY)).toBeUndefined();
  });

  it('accepts binary, empty and bare payloads', async () => {
    const codec = new EncryptionCodec([first]);
    const payloads: Payload[] = [
      { metadata: {}, data: new Uint8Array() },
      { metadata: { encoding: Buffer.from('binary/null') } },
    ];
    const back = await codec.decode(await codec.encode(payloads));
    expect(back.map((payload) => Buffer.from(payload.data ?? []).length)).toEqual([0, 0]);
    expect(Buffer.from(back[1]?.metadata?.encoding ?? []).toString()).toBe('binary/null');
  });

  it('hides the content and its encoding', async () => {
    const payload = await encrypted({ token: 'a-token', name: 'Zoë' });
    expect(Buffer.from(payload.data ?? []).toString('latin1')).not.toContain('a-token');
    expect(Buffer.from(payload.metadata?.encoding ?? []).toString()).toBe('binary/encrypted-v2');
  });

  it('encrypts the same content differently each time', async () => {
    const [one, other] = [await encrypted('same'), await encrypted('same')];
    expect(Buffer.compare(Buffer.from(one.data ?? []), Buffer.from(other.data ?? []))).not.toBe(0);
  });

  it('compresses large payloads', async () => {
    const payload = await encrypted('provider '.repeat(10_000));
    expect(payload.data?.length).toBeLessThan(1000);
  });

  it('accepts plaintext for a workflow, and refuses it for an activity', async () => {
    const plain = defaultPayloadConverter.toPayload({ partner: 'noteworth' });
    expect(await decrypted(plain, undefined, WORKFLOW)).toEqual({ partner: 'noteworth' });
    expect(await decrypted(plain, undefined, ACTIVITY)).toBe('refused: it was not encrypted');
    const unknown = { metadata: { encoding: Buffer.from('x'.repeat(1e6)) }, data: Buffer.from('{}') };
    expect(await decrypted(unknown, undefined, WORKFLOW)).toMatch(/^refused: its encoding "x+" could not/);
  });

  it('encrypts with the first key and decrypts with every one', async () => {
    const old = await encrypted('before', new EncryptionCodec([first]));
    const rotated = new EncryptionCodec([second, first]);
    expect(await decrypted(old, rotated)).toBe('before');
    const fresh = await encrypted('after', rotated);
    expect(Buffer.from(fresh.metadata?.['encryption-key-id'] ?? []).toString()).toBe('second');
  });

  it('names the missing key', async () => {
    const payload = await encrypted('x', new EncryptionCodec([second]));
    await expect(decrypted(payload)).rejects.toThrow(PayloadKeyMissingError);
    await expect(decrypted(payload)).rejects.toThrow('"second"');
  });

  it('refuses a ciphertext that was changed, cut or moved to another key', async () => {
    const payload = await encrypted('x');
    const flipped = Buffer.from(payload.data ?? []);
    flipped[20] = (flipped[20] ?? 0) ^ 1;
    const CHANGED = 'refused: it was changed after it was encrypted';
    expect(await decrypted({ ...payload, data: flipped })).toBe(CHANGED);
    for (const length of [0, 10, 15, 16, 28]) {
      expect(await decrypted({ ...payload, data: flipped.subarray(0, length) })).toBe(CHANGED);
    }
    const sameSecret = new EncryptionCodec([{ id: 'other', secret: first.secret }]);
    const relabelled = {
      ...payload,
      metadata: { ...payload.metadata, 'encryption-key-id': Buffer.from('other') },
    };
    expect(await decrypted(relabelled, sameSecret)).toBe(CHANGED);
  });
});

describe('a ciphertext', () => {
  const OTHERS: SerializationContext[] = [
    { ...ACTIVITY, namespace: 'other' },
    { ...ACTIVITY, workflowId: 'another-run' },
    { ...ACTIVITY, activityId: '3' },
    WORKFLOW,
  ];

  it('is read in its own place, and refused in every other', async () => {
    for (const place of [ACTIVITY, ...OTHERS]) {
      const payload = await encrypted('x', undefined, place);
      for (const context of [ACTIVITY, ...OTHERS]) {
        const expected = context === place ? 'x' : 'refused: it was encrypted for another place';
        expect(await decrypted(payload, undefined, context)).toBe(expected);
      }
    }
  });

  it('is refused if the place in its metadata was replaced', async () => {
    const moved = await encrypted('x', undefined, { ...ACTIVITY, activityId: '3' });
    const { metadata } = await encrypted('y', undefined, ACTIVITY);
    const relabelled = { ...moved, metadata: metadata ?? null };
    expect(await decrypted(relabelled, undefined, ACTIVITY)).toBe(
      'refused: it was changed after it was encrypted',
    );
  });

  it('is refused in another place even without its key', async () => {
    const payload = await encrypted('x', new EncryptionCodec([second]), ACTIVITY);
    const context = { ...ACTIVITY, activityId: '3' };
    expect(await decrypted(payload, undefined, context)).toBe('refused: it was encrypted for another place');
    await expect(decrypted(payload, undefined, ACTIVITY)).rejects.toThrow(PayloadKeyMissingError);
  });

  it('of every place is read by a codec endpoint, which has no context', async () => {
    for (const place of [ACTIVITY, ...OTHERS]) {
      expect(await decrypted(await encrypted('x', undefined, place))).toBe('x');
    }
  });

  it('of a codec endpoint is read by workflows only', async () => {
    const payload = await encrypted('x');
    expect(await decrypted(payload, undefined, WORKFLOW)).toBe('x');
    expect(await decrypted(payload, undefined, ACTIVITY)).toBe('refused: it was encrypted for another place');
  });

  it('of a schedule is read by the runs it starts, and by no other run', async () => {
    const payload = await encrypted('x', undefined, { ...WORKFLOW, workflowId: 'queue.noteworth' });
    const read = (workflowId: string) => decrypted(payload, undefined, { ...WORKFLOW, workflowId });
    expect(await read('queue.noteworth-2026-11-26T18:00:00Z')).toBe('x');
    expect(await read('queue.noteworth-2')).toBe('refused: it was encrypted for another place');
    expect(await read('queue.other-2026-11-26T18:00:00Z')).toBe(
      'refused: it was encrypted for another place',
    );
  });

  it('of version 0.1.0 is read everywhere', async () => {
    const { history } = readHistories().find(({ path }) => path === 'succeeded') ?? {};
    const [payload] = activityResults(history ?? {});
    const codec = new EncryptionCodec(payloadKeysSchema.parse(PUBLISHED_KEYS));
    expect(await decrypted(payload as Payload, codec, ACTIVITY)).toMatchObject({ calls: expect.any(Array) });
  });
});

describe('the failure converter', () => {
  it('puts message and stack into the encrypted attributes', () => {
    const failure = failureConverter.errorToFailure(
      ApplicationFailure.nonRetryable('a secret message', 'PartnerError'),
      defaultPayloadConverter,
    );
    expect(failure.message).toBe('Encoded failure');
    expect(failure.stackTrace).toBe('');
    expect(failure.applicationFailureInfo?.type).toBe('PartnerError');
    expect(failure.encodedAttributes).toBeDefined();
  });

  it.each([
    ['in plain text', undefined, 'it was not encrypted'],
    [
      'with a plain message',
      defaultPayloadConverter.toPayload({ message: 'forged' }),
      'it was not encrypted',
    ],
  ])('refuses a failure of an activity that was reported %s', async (_, encodedAttributes, reason) => {
    const codec = new EncryptionCodec([first]);
    const failure = {
      message: 'forged',
      activityFailureInfo: { activityType: { name: 'fetchProviders' } },
      cause: {
        message: 'forged',
        applicationFailureInfo: { type: 'TokenRejected' },
        ...(encodedAttributes && {
          encodedAttributes: (await codec.decode([encodedAttributes], ACTIVITY))[0],
        }),
      },
    };
    const error = failureConverter.failureToError(failure, payloadConverter, ACTIVITY);
    expect(error.cause).toMatchObject({
      type: 'InvalidResult',
      nonRetryable: true,
      message: `The failure of a step could not be read: ${reason}.`,
    });
  });
});
