import type { DataSource } from 'typeorm';

/** What a run did to a provider. */
export interface ChangedProvider {
  readonly id: string;
  readonly change: 'added' | 'changed' | 'left' | 'returned';
  /** The fields that changed, with `attributes` for all that partners.yaml does not name; null for a provider that was added. */
  readonly fields: readonly string[] | null;
}

/** At most this many providers are in one message, so that its body stays below 128 KiB. */
const PROVIDERS_IN_MESSAGE = 500;

/** The field of a change without the names that the partner gives to its attributes. There are few, so that bodies are bounded. */
const PLACE = `split_part(field, '.', 1)`;

/**
 * The next providers that a run changed, in the order of their ids. Erased people are not among them.
 *
 * @param after the last provider of the message before; null for the first one
 */
export async function readChangedProviders(
  dataSource: DataSource,
  runId: string,
  after: string | null,
): Promise<{ readonly providers: ChangedProvider[]; readonly isLast: boolean }> {
  const most = PROVIDERS_IN_MESSAGE + 1;
  const found: ChangedProvider[] = await dataSource.query(
    `SELECT id, change, fields FROM (
       (SELECT id, 'added' AS change, NULL::text[] AS fields
        FROM providers WHERE first_run_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT ${most})
       UNION ALL
       (SELECT provider_id,
          CASE WHEN bool_or(field = 'listed' AND after = 'false') THEN 'left'
            WHEN bool_or(field = 'listed') THEN 'returned' ELSE 'changed' END,
          array_agg(DISTINCT ${PLACE} ORDER BY ${PLACE}) FILTER (WHERE field <> 'listed')
        FROM provider_changes WHERE run_id = $1 AND ($2::uuid IS NULL OR provider_id > $2)
        GROUP BY provider_id ORDER BY provider_id LIMIT ${most})
     ) changed ORDER BY id LIMIT ${most}`,
    [runId, after],
  );
  return {
    providers: found.slice(0, PROVIDERS_IN_MESSAGE),
    isLast: found.length <= PROVIDERS_IN_MESSAGE,
  };
}
