import type { CheckedProvider } from '../../contract/answer';
import type { Transaction } from '../postgres/transaction';

type Stored = Omit<CheckedProvider, 'identityKey'>;

/** Computes the identity key of a provider as this version does, in hexadecimal; null if that is not possible. */
export type IdentityKeyOf = (provider: Stored) => string | null;

/** Rows that are read at a time. */
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
 * Whether the partner has rows with an identity key of an earlier version, in SQL.
 *
 * @param partner the parameter with its name
 */
export function hasOldKeys(partner: string): string {
  return `EXISTS (SELECT FROM providers WHERE partner = ${partner} AND identity_version = 1)`;
}

/**
 * Renews the identity keys that an earlier version computed for the partner's rows. It merges nothing: if another row
 * already has the new key, a row keeps its old key, which no record has any more. Such rows have the same search key,
 * so they are shown as possible duplicates.
 */
export async function renewIdentityKeys(
  { runner }: Transaction,
  partner: string,
  identityKeyOf: IdentityKeyOf,
): Promise<void> {
  for (;;) {
    // If several rows would get the same key, the row that was seen last gets it.
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
