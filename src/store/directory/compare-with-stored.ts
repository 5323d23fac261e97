import type { CheckedProvider } from '../../contract/answer';
import type { Reader } from '../postgres/snapshot';
import { isGood } from '../runs/good-run';
import { fieldRows, isChanged } from './provider-differences';

/** What storing a provider would do. */
export interface StoredComparison {
  readonly identityKey: string;
  /** `changed` includes a provider who had left. A record that says that a person left is `departed` or `unchanged`. */
  readonly kind: 'new' | 'changed' | 'unchanged' | 'departed';
  /** Whether the provider is stored. */
  readonly isKnown: boolean;
  /** Whether the provider is stored and has not left. */
  readonly isListed: boolean;
  /** What would change, as the changes of a provider name it. */
  readonly fields: readonly string[];
}

const COMPARE = `
  SELECT encode(sent.identity_key, 'hex') AS "identityKey", coalesce(known.listed, false) AS "isListed",
    known.id IS NOT NULL AS "isKnown",
    CASE
      WHEN departed THEN CASE WHEN known.listed THEN 'departed' ELSE 'unchanged' END
      WHEN known.id IS NULL THEN 'new'
      WHEN ${isChanged('known.', 'sent.')} THEN 'changed'
      ELSE 'unchanged'
    END AS kind,
    CASE WHEN known.id IS NULL OR departed THEN '{}' ELSE ARRAY(
      SELECT field FROM (${fieldRows('known.', 'sent.')}) fields (field, before, after)
      WHERE before IS DISTINCT FROM after
    ) END AS fields
  FROM (
    SELECT decode(key, 'hex') AS identity_key, given_name, family_name, title, clinic, departed,
      attributes::jsonb AS attributes
    FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[])
      AS sent (key, given_name, family_name, title, clinic, attributes, departed)
  ) sent
  LEFT JOIN (SELECT * FROM providers WHERE partner = $1) known USING (identity_key)`;

/**
 * Compares providers with the directory, with the conditions of the merge. It only reads.
 *
 * @param providers each identity at most once
 */
export function compareWithStored(
  reader: Reader,
  partner: string,
  providers: readonly CheckedProvider[],
): Promise<StoredComparison[]> {
  return reader.query(COMPARE, [
    partner,
    providers.map(({ identityKey }) => identityKey),
    providers.map(({ givenName }) => givenName),
    providers.map(({ familyName }) => familyName),
    providers.map(({ title }) => title),
    providers.map(({ clinic }) => clinic),
    providers.map(({ attributes }) => JSON.stringify(attributes)),
    providers.map(({ departed = false }) => departed),
  ]);
}

/** What is stored about a partner. */
export interface StoredPartner {
  /** Its providers who have not left. */
  readonly listed: number;
  /** The workflow ID of its running run; null if there is none. */
  readonly runningWorkflowId: string | null;
  /** When its last successful run started, in ISO 8601; null if there was none. */
  readonly since: string | null;
  /** Whether the next sync renews identity keys that an earlier version computed. */
  readonly hasOldKeys: boolean;
}

/** Reads what is stored about a partner. */
export async function readStoredPartner(reader: Reader, partner: string): Promise<StoredPartner> {
  const [stored] = (await reader.query(
    `SELECT
       (SELECT count(*)::integer FROM providers WHERE partner = $1 AND listed) AS listed,
       (SELECT workflow_id FROM sync_runs WHERE partner = $1 AND status = 'running') AS "runningWorkflowId",
       (SELECT started_at FROM sync_runs WHERE partner = $1 AND ${isGood()}
        ORDER BY finished_at DESC LIMIT 1) AS "startedAt",
       EXISTS (SELECT FROM providers WHERE partner = $1 AND identity_version = 1) AS "hasOldKeys"`,
    [partner],
  )) as [Omit<StoredPartner, 'since'> & { readonly startedAt: Date | null }];
  const { startedAt, ...others } = stored;
  return { ...others, since: startedAt?.toISOString() ?? null };
}
