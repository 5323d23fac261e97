import type { PayloadKeys } from '../../process/payload-keys';
import type { EncryptedSample } from '../../temporal/payloads/encrypted-samples';
import { EncryptionCodec, PayloadKeyMissingError } from '../../temporal/payloads/payload-codec';
import { isRefused } from '../../temporal/payloads/refused-payload';
import { type CheckOutcome, checked } from './check';
import { type Finding, finding } from './finding';

/** A run or schedule in Temporal with encrypted payloads. */
export interface KeyUse {
  /** Such as `the run sync-1`. */
  readonly name: string;
  readonly samples: readonly EncryptedSample[];
  readonly link: string;
  /** Whether it has ended, so that only its result needs the key. */
  readonly isOver: boolean;
}

type Trouble = 'payload-key-missing' | 'payload-key-differs';

interface Unreadable {
  readonly keyId: string;
  readonly code: Trouble;
  readonly use: KeyUse;
}

/**
 * Checks that PAYLOAD_KEYS can decrypt the payloads of open runs, of schedules and of the last result, by decrypting
 * samples. The last result shows whether the workers encrypt with a key that this process lacks.
 */
export async function checkPayloadKeys(keys: PayloadKeys, uses: readonly KeyUse[]): Promise<CheckOutcome> {
  const codec = new EncryptionCodec(keys);
  const tried = uses.flatMap((use) =>
    use.samples.map(async (sample): Promise<Unreadable[]> => {
      const code = await troubleWith(codec, sample);
      return code ? [{ keyId: sample.keyId, code, use }] : [];
    }),
  );
  const unreadable = (await Promise.all(tried)).flat();
  const fact = `${keys[0].id} encrypts; readable: ${keys.map(({ id }) => id).join(', ')}`;
  const firsts = unreadable.filter((one, index) => unreadable.findIndex(isLike(one)) === index);
  const found = firsts.map((first) => describe(first, unreadable.filter(isLike(first)).length - 1));
  return checked('payload keys', fact, found);
}

async function troubleWith(codec: EncryptionCodec, { payload }: EncryptedSample): Promise<Trouble | null> {
  try {
    const [opened] = await codec.decode([payload]);
    return opened && isRefused(opened) ? 'payload-key-differs' : null;
  } catch (error) {
    if (error instanceof PayloadKeyMissingError) return 'payload-key-missing';
    throw error;
  }
}

function isLike({ keyId, code }: Unreadable): (other: Unreadable) => boolean {
  return (other) => other.keyId === keyId && other.code === code;
}

/** @param others how many more runs and schedules have the same trouble with the same key */
function describe({ keyId, code, use }: Unreadable, others: number): Finding {
  const uses = `${use.name}${others === 0 ? '' : ` and ${others} more`}`;
  const what =
    code === 'payload-key-missing'
      ? `PAYLOAD_KEYS lacks the key "${keyId}", with which ${uses} is encrypted.`
      : `The key "${keyId}" in PAYLOAD_KEYS differs from the one of that name with which ${uses} is encrypted.`;
  const consequence = use.isOver
    ? 'the results of runs cannot be read'
    : 'these runs cannot be read or continued';
  const advice =
    code === 'payload-key-missing'
      ? `Add it, here and on all workers: without it ${consequence}.`
      : 'Give the same key to the API, the CLI and all workers; a new key needs a new name.';
  return finding({ code, severity: use.isOver ? 'degraded' : 'failing', what, advice, link: use.link });
}
