import type { DataSource } from 'typeorm';

/** Two entries of a partner that differ only in characters that are not compared. */
export interface Lookalikes {
  readonly partner: string;
  readonly ids: readonly [string, string];
}

const MAX_LOOKALIKES = 20;

/**
 * Entries with invisible characters that look like another entry of their partner. The next sync cannot give both
 * entries the identity key of this version.
 */
export async function readLookalikes(dataSource: DataSource): Promise<Lookalikes[]> {
  return dataSource.query(
    `SELECT partner, jsonb_build_array(old.id, other.id) AS ids
     FROM providers old JOIN providers other USING (partner, name_key)
     WHERE old.identity_version = 1 AND old.id <> other.id
       AND NOT (other.identity_version = 1 AND other.id < old.id)
       AND fold_name(other.clinic) IS NOT DISTINCT FROM fold_name(old.clinic)
     ORDER BY partner, name_key, old.id, other.id LIMIT ${MAX_LOOKALIKES}`,
  );
}
