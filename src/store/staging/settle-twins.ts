import type { QueryRunner } from 'typeorm';
import type { CheckedProvider } from '../../contract/answer';
import { areTwins } from '../../partner/answer/twins';
import type { Partner } from '../../partner/config/partner';
import type { Transaction } from '../postgres/transaction';

interface Twins {
  readonly runId: string;
  /** The number of records in `staged_providers`. */
  readonly usable: number;
  /** The partner's names of our fields. */
  readonly fields: Partner['fields'];
}

/** Records that are compared at a time. */
const BATCH = 500;
/** Identities whose records are rejected with one statement, which reads all records. */
const KEYS = 20_000;

/**
 * Finds the records of `staged_providers` that have the same identity, and leaves at most one of each. Twins that
 * differ are all rejected, and kept with the run.
 *
 * @returns the number of records that were left out, and of those that were rejected
 */
export async function settleTwins(
  { runner, client }: Transaction,
  { runId, usable, fields }: Twins,
): Promise<{ readonly duplicates: number; readonly conflicting: number }> {
  const [{ distinct }]: [{ distinct: number }] = await runner.query(
    'SELECT count(DISTINCT identity_key)::integer AS distinct FROM pg_temp.staged_providers',
  );
  if (distinct === usable) return { duplicates: 0, conflicting: 0 };

  let conflicting = 0;
  const { statement, names } = rejectStatement(fields);
  const reject = async (keys: readonly string[]) => {
    if (keys.length === 0) return;
    const [{ count }]: [{ count: number }] = await runner.query(statement, [
      runId,
      keys.map((key) => Buffer.from(key, 'hex')),
      ...names,
    ]);
    conflicting += count;
  };
  let keys: string[] = [];
  for await (const key of conflictingKeys(runner)) {
    if (keys.push(key) < KEYS) continue;
    await reject(keys);
    keys = [];
  }
  await reject(keys);
  const { rowCount } = await client.query(
    `DELETE FROM pg_temp.staged_providers staged
     USING (
       SELECT identity_key, min(position) AS first FROM pg_temp.staged_providers
       GROUP BY identity_key HAVING count(*) > 1) twins
     WHERE staged.identity_key = twins.identity_key AND staged.position > twins.first`,
  );
  return { duplicates: rowCount ?? 0, conflicting };
}

/** The identities whose records are not one person. Postgres leaves out twins that are equal. */
async function* conflictingKeys(runner: QueryRunner): AsyncGenerator<string> {
  await runner.query(
    `DECLARE differing_twins NO SCROLL CURSOR FOR
     WITH twins AS (
       SELECT * FROM pg_temp.staged_providers WHERE identity_key IN (
         SELECT identity_key FROM pg_temp.staged_providers GROUP BY identity_key HAVING count(*) > 1)
     ), differing AS (
       SELECT identity_key FROM twins GROUP BY identity_key
       HAVING count(DISTINCT (given_name, family_name, title, clinic, attributes, departed)) > 1
     )
     SELECT encode(identity_key, 'hex') AS "identityKey", given_name AS "givenName", family_name AS "familyName",
       title, clinic, attributes, departed
     FROM twins WHERE identity_key IN (SELECT identity_key FROM differing)
     ORDER BY identity_key, position`,
  );
  let first: CheckedProvider | null = null;
  let isConflicting = false;
  for (;;) {
    const records: CheckedProvider[] = await runner.query(`FETCH ${BATCH} FROM differing_twins`);
    for (const record of records) {
      if (record.identityKey !== first?.identityKey) {
        first = record;
        isConflicting = false;
      } else if (!isConflicting && !areTwins(record, first)) {
        isConflicting = true;
        yield record.identityKey;
      }
    }
    if (records.length < BATCH) break;
  }
  await runner.query('CLOSE differing_twins');
}

/** The raw record is written from its parts: the fields under the partner's names, and the attributes. */
function rejectStatement(fields: Partner['fields']): {
  readonly statement: string;
  readonly names: string[];
} {
  const names: string[] = [];
  const named = COLUMNS.flatMap(([field, column]) => {
    const name = fields[field];
    return name === undefined ? [] : [`$${names.push(name) + 2}::text, ${column}`];
  });
  const statement = `
    WITH conflicting AS (
      DELETE FROM pg_temp.staged_providers WHERE identity_key = ANY ($2::bytea[]) RETURNING *
    ), kept AS (
      INSERT INTO rejected_records (
        run_id, partner, position, reason, field, raw, identity_key, given_name, family_name)
      SELECT sync_runs.id, partner, position, 'ConflictingDuplicate', NULL,
        (attributes || jsonb_build_object(${named.join(', ')}))::text, identity_key, given_name, family_name
      FROM conflicting, sync_runs WHERE sync_runs.id = $1
      ON CONFLICT DO NOTHING
    )
    SELECT count(*)::integer AS count FROM conflicting`;
  return { statement, names };
}

const COLUMNS = [
  ['givenName', 'given_name'],
  ['familyName', 'family_name'],
  ['title', 'title'],
  ['clinic', 'clinic'],
] as const;
