import type { DataSource } from 'typeorm';
import { inTransaction } from '../../../src/store/postgres/transaction';
import { saveSync } from '../../../src/store/save/save-sync';
import { answer, openedRun } from '../../support/store-fixtures';
import { NAME_PARTS, WORDS } from './many-people';

/** The most that filling a directory of a million providers may take. */
const FILL_TIMEOUT_MS = 15 * 60_000;

/**
 * Adds invented providers of a partner to the directory, as after a successful run. They are made in Postgres, because a
 * sync of a million records takes several times as long.
 */
export async function fillDirectory(dataSource: DataSource, partner: string, count: number): Promise<void> {
  const runId = await openedRun(dataSource, { partner });
  await saveSync(dataSource, {
    runId,
    partner,
    feed: 'sample',
    answer: answer([], { received: count }),
    calls: [],
  });
  await inTransaction(dataSource, FILL_TIMEOUT_MS, async ({ runner }) => {
    // The index of trigrams is made faster at once than row by row.
    const [{ definition }]: [{ definition: string }] = await runner.query(
      `SELECT pg_get_indexdef('providers_search'::regclass) AS definition`,
    );
    await runner.query('DROP INDEX providers_search');
    await runner.query(FILL, [
      ...[partner, runId, count],
      ...[NAME_PARTS.starts, NAME_PARTS.middles, NAME_PARTS.ends, NAME_PARTS.titles],
      ...[WORDS['a rare word'], WORDS['a frequent word'], WORDS['a frequent word, late']],
    ]);
    await runner.query(definition);
  });
  // Autovacuum would do the same a minute later.
  await dataSource.query('VACUUM (ANALYZE)');
}

/** An element of an array, chosen by a byte of the hash of the number. */
const draw = (array: string, byte: number) =>
  `(${array}::text[])[1 + get_byte(hash, ${byte}) % array_length(${array}::text[], 1)]`;

const FILL = `
  INSERT INTO providers (partner, identity_key, identity_version, given_name, family_name, title, clinic,
    first_run_id, first_seen_at, last_seen_at, last_changed_at)
  SELECT $1, hash, 2, ${draw('$4', 0)} || ${draw('$6', 1)},
    CASE
      WHEN number = $3::integer / 2 THEN $8
      WHEN number % 20 = 1 THEN $9
      WHEN number % 20 = 11 THEN $10
      ELSE ${draw('$4', 2)} || ${draw('$5', 3)} || ${draw('$6', 4)}
    END,
    ${draw('$7', 5)}, ${draw('$4', 6)} || ${draw('$5', 7)} || ' Clinic',
    $2::uuid, now() - number * interval '1 second', now(), now() - number * interval '1 second'
  FROM generate_series(1, $3::integer) number, sha256(convert_to($1 || number, 'UTF8')) hash`;
