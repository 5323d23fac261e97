import type { PayloadKeys } from '../../process/payload-keys';
import { type CheckOutcome, checked } from './check';
import { type Finding, finding } from './finding';

/** Something in Temporal with encrypted payloads. */
export interface KeyUse {
  /** Such as `the run sync-1`. */
  readonly name: string;
  readonly keyIds: readonly string[];
  readonly link: string;
}

/** Whether PAYLOAD_KEYS has every key that open runs and schedules are encrypted with. */
export function checkPayloadKeys(keys: PayloadKeys, uses: readonly KeyUse[]): CheckOutcome {
  const known = new Set(keys.map(({ id }) => id));
  const missing = [...new Set(uses.flatMap(({ keyIds }) => keyIds))].filter((id) => !known.has(id));
  const fact = `${keys[0].id} encrypts; readable: ${[...known].join(', ')}`;
  return checked(
    'payload keys',
    fact,
    missing.map((id) =>
      missingKey(
        id,
        uses.filter(({ keyIds }) => keyIds.includes(id)),
      ),
    ),
  );
}

function missingKey(id: string, uses: readonly KeyUse[]): Finding {
  const [first, ...others] = uses;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return finding({
    code: 'payload-key-missing',
    severity: 'failing',
    what: `PAYLOAD_KEYS lacks the key "${id}", with which ${first?.name ?? 'a run'}${more} is encrypted.`,
    advice: 'Add it again, here and on all workers: without it these runs cannot be read or continued.',
    link: first?.link ?? null,
  });
}
