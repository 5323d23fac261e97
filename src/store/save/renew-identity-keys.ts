import type { CheckedProvider } from '../../contract/answer';
import type { Transaction } from '../postgres/transaction';

type Stored = Omit<CheckedProvider, 'identityKey'>;

/** The identity key of a provider as this version computes it, in hexadecimal; null where that is not possible. */
export type IdentityKeyOf = (provider: Stored) => string | null;

/** Rows that are read at once. */
const BATCH = 5_000;

const RENEW = `
  WITH wanted AS (
    SELECT id, key, row_number() OVER (PARTITION BY key ORDER BY position) AS place
    FROM unnest($2::uuid[], $3::bytea[]) WITH ORDINALITY AS wanted (id, key, position)
  )
  UPDATE providers
  SET identity_version = 2,
    identity_key = CASE
      WHEN key IS NULL OR place > 1 OR EXISTS (
        SELECT FROM providers other WHERE other.partner = $1 AND other.identity_key = key) THEN identity_key
      ELSE key END
  FROM wanted WHERE providers.id = wanted.id`;

/**
 * Brings the identity keys of the partner's rows that a version before this one computed to this version. It
 * merges nothing: where another row has the new key already, a row keeps its own key, which no record has any
 * more. Such rows have the same search key, so that they are shown as possible duplicates.
 */
export async function renewIdentityKeys(
  { runner }: Transaction,
  partner: string,
  identityKeyOf: IdentityKeyOf,
): Promise<void> {
  for (;;) {
    // Among rows that would get the same key, the one that was seen last gets it.
    const rows: (Stored & { readonly id: string })[] = await runner.query(
      `SELECT id, given_name AS "givenName", family_name AS "familyName", title, clinic, attributes
       FROM providers WHERE partner = $1 AND identity_version = 1
       ORDER BY listed DESC, last_seen_at DESC NULLS FIRST, id LIMIT ${BATCH}`,
      [partner],
    );
    if (rows.length === 0) return;
    const keys = rows.map(identityKeyOf).map((key) => key && Buffer.from(key, 'hex'));
    await runner.query(RENEW, [partner, rows.map(({ id }) => id), keys]);
  }
}
