import { type Client, ScheduleClient, type ScheduleDescription } from '@temporalio/client';
import { defaultPayloadConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import { CONVERTER_PATHS } from '../payloads/data-converter';

/** The prefix of all encodings of {@link EncryptionCodec}. */
const ENCRYPTED = 'binary/encrypted';
/** Replaces a payload that no configured key can decrypt. */
const UNREADABLE = defaultPayloadConverter.toPayload(null);

/**
 * Reads and writes schedules. A schedule holds the partner's name and settings of partners.yaml, which are not secret.
 * They are written in plaintext, so that a schedule outlives the payload keys. The encrypted payloads of earlier
 * versions are still read.
 */
export function scheduleClient(client: Client): ScheduleClient {
  const { namespace, identity, loadedDataConverter } = client.options;
  return new ScheduleClient({
    connection: client.connection,
    namespace,
    identity,
    dataConverter: {
      ...CONVERTER_PATHS,
      payloadCodecs: [new PlaintextCodec(loadedDataConverter.payloadCodecs)],
    },
  });
}

/** Whether a schedule holds a payload that its runs can read only with a key. */
export function needsPayloadKey({ raw }: ScheduleDescription): boolean {
  const { input, memo, userMetadata } = raw.schedule?.action?.startWorkflow ?? {};
  return [
    ...(input?.payloads ?? []),
    ...Object.values(memo?.fields ?? {}),
    ...(userMetadata?.summary ? [userMetadata.summary] : []),
  ].some(isEncrypted);
}

class PlaintextCodec implements PayloadCodec {
  constructor(private readonly encrypting: readonly PayloadCodec[]) {}

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads;
  }

  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(payloads.map((payload) => (isEncrypted(payload) ? this.open(payload) : payload)));
  }

  private async open(payload: Payload): Promise<Payload> {
    try {
      let opened = [payload];
      for (const codec of this.encrypting) opened = await codec.decode(opened);
      const [plain = UNREADABLE] = opened;
      defaultPayloadConverter.fromPayload(plain);
      return plain;
    } catch {
      // Applying the schedules replaces it.
      return UNREADABLE;
    }
  }
}

function isEncrypted({ metadata }: { metadata?: Payload['metadata'] }): boolean {
  return Buffer.from(metadata?.encoding ?? [])
    .toString()
    .startsWith(ENCRYPTED);
}
