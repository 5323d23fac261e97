import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { Activities, CheckedAnswer } from '../src/contract/sync';
import { PartnerFailure } from '../src/partner/partner-failure';
import { explainUnusable } from '../src/partner/unusable-answer';
import { type CallObservers, callPartner } from './call-partner';
import type { FindPartner } from './dependencies';

/** Temporal takes 2 MiB for one result; the rest is room for encryption and the ledger. */
const MAX_COMPRESSED_BYTES = 1.9 * 2 ** 20;

const compress = promisify(deflateRaw);

/**
 * Gets and checks the partner's records; each attempt is one call. Of an answer that must not be stored only the
 * rejected records are passed on.
 */
export function createFetchProviders(
  findPartner: FindPartner,
  observers: CallObservers,
): Activities['fetchProviders'] {
  return async (input) => {
    const { partner, client } = findPartner(input.partner);
    const { value, report } = await callPartner(
      observers,
      'providers',
      input,
      partner,
      async (progress, signal) => {
        const checked = await client.fetchProviders(input.token, progress, signal);
        const unusable = explainUnusable(checked, partner.providers);
        const answer = unusable === null ? checked : { ...checked, providers: [] };
        await assertFitsHistory(answer);
        return { answer, unusable };
      },
    );
    return { ...value, ...report };
  };
}

/** A result that Temporal turns away would be repeated in vain; here it gets a name. */
async function assertFitsHistory(answer: CheckedAnswer): Promise<void> {
  const json = JSON.stringify(answer);
  if (json.length < MAX_COMPRESSED_BYTES / 4) return;
  const compressed = await compress(json);
  if (compressed.length > MAX_COMPRESSED_BYTES) {
    throw new PartnerFailure(
      'ResponseTooLarge',
      `${answer.received} records are ${compressed.length} bytes compressed; Temporal carries ${MAX_COMPRESSED_BYTES} at most`,
    );
  }
}
