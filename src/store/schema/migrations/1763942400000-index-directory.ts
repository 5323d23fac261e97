import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The name by which people are searched and sorted: "family, given", folded, with a tab between. */
const NAME_KEY = `left(btrim(regexp_replace(regexp_replace(lower(CASE
    WHEN octet_length(left(family_name, 200)) = char_length(left(family_name, 200)) THEN left(family_name, 200)
    ELSE translate(replace(lower(regexp_replace(normalize(regexp_replace(left(family_name, 200), '[’‘ʼ´]', '', 'g'), NFKD), '[\\u0300-\\u036f]', '', 'g')), 'ß', 'ss'), 'øłđħŧıς', 'oldhtiσ') END), '[''\`]', '', 'g'), '[][\\s\\\\%.,;:/()"“”_&‐‑–—-]+', ' ', 'g')), 200) || chr(9) || left(btrim(regexp_replace(regexp_replace(lower(CASE
    WHEN octet_length(left(given_name, 200)) = char_length(left(given_name, 200)) THEN left(given_name, 200)
    ELSE translate(replace(lower(regexp_replace(normalize(regexp_replace(left(given_name, 200), '[’‘ʼ´]', '', 'g'), NFKD), '[\\u0300-\\u036f]', '', 'g')), 'ß', 'ss'), 'øłđħŧıς', 'oldhtiσ') END), '[''\`]', '', 'g'), '[][\\s\\\\%.,;:/()"“”_&‐‑–—-]+', ' ', 'g')), 200)`;

const CLINIC_KEY = `sha256(decode(replace(partner || ':' || clinic, '\\', '\\\\'), 'escape'))`;

/** The name of a clinic, folded, a tab, and its key. */
const CLINIC_POSITION = `(left(btrim(regexp_replace(regexp_replace(lower(CASE
    WHEN octet_length(left(clinic, 200)) = char_length(left(clinic, 200)) THEN left(clinic, 200)
    ELSE translate(replace(lower(regexp_replace(normalize(regexp_replace(left(clinic, 200), '[’‘ʼ´]', '', 'g'), NFKD), '[\\u0300-\\u036f]', '', 'g')), 'ß', 'ss'), 'øłđħŧıς', 'oldhtiσ') END), '[''\`]', '', 'g'), '[][\\s\\\\%.,;:/()"“”_&‐‑–—-]+', ' ', 'g')), 200) || chr(9) || encode(sha256(decode(replace(partner || ':' || clinic, '\\', '\\\\'), 'escape')), 'hex')) COLLATE "C"`;

/** Makes the directory and its history quick to search, sort and filter, and keeps which run brought whom. */
export class IndexDirectory1763942400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const trigramOperators = await findTrigramOperators(runner);
    await runner.query(`DROP INDEX providers_by_name, providers_search`);
    // In the order of code points, which no new version of a C library changes. There is no foreign key on
    // the run: its row is locked while it inserts, and a check of each row would double the work.
    await runner.query(`
      ALTER TABLE providers
        ADD COLUMN name_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (${NAME_KEY}) STORED,
        ADD COLUMN first_run_id uuid`);
    await runner.query(`CREATE INDEX providers_search ON providers USING gin (name_key ${trigramOperators})`);
    // The partner stands last: a list of one partner and a list of all are read from the same index.
    await runner.query(`CREATE INDEX providers_by_name ON providers (name_key, id, partner)`);
    await runner.query(`CREATE INDEX providers_by_last_change ON providers (last_changed_at, id, partner)`);
    await runner.query(`CREATE INDEX providers_by_first_sight ON providers (first_seen_at, id, partner)`);
    await runner.query(`CREATE INDEX providers_by_first_run ON providers (first_run_id)`);
    await runner.query(
      `CREATE INDEX providers_unlisted ON providers (name_key, id, partner) WHERE NOT listed`,
    );
    // A partner's texts may be longer than an index takes.
    await runner.query(
      `CREATE INDEX providers_by_title ON providers (title, partner) WHERE octet_length(title) <= 1000`,
    );
    // People at a clinic by its name are found by its position, too: another index would cost every new row. It
    // is not partial: of such Postgres keeps no statistics, and would read all people of a large clinic for one
    // page. The key's is, since with statistics it would read all providers for one of a large clinic.
    await runner.query(`CREATE INDEX providers_by_clinic_position ON providers ((${CLINIC_POSITION}))`);
    await runner.query(
      `CREATE INDEX providers_by_clinic_key ON providers ((${CLINIC_KEY})) WHERE clinic IS NOT NULL`,
    );
    await runner.query(`DROP INDEX provider_changes_by_run`);
    await runner.query(`CREATE INDEX provider_changes_by_run ON provider_changes (run_id, id)`);
    await runner.query(`CREATE INDEX sync_runs_by_status ON sync_runs (status, started_at, id)`);
    await runner.query(
      `CREATE INDEX rejected_records_by_time ON rejected_records (created_at, run_id, position)`,
    );
  }

  /** Leaves the extension, which may have been there before. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX rejected_records_by_time, sync_runs_by_status, provider_changes_by_run`);
    await runner.query(`CREATE INDEX provider_changes_by_run ON provider_changes (run_id)`);
    await runner.query(`
      DROP INDEX providers_by_clinic_position, providers_by_clinic_key, providers_by_title, providers_unlisted,
        providers_by_first_run, providers_by_first_sight, providers_by_last_change, providers_by_name,
        providers_search`);
    await runner.query(`ALTER TABLE providers DROP COLUMN first_run_id, DROP COLUMN name_key`);
    await runner.query(`
      CREATE INDEX providers_by_name
        ON providers (partner, (left(family_name, 64)), (left(given_name, 64)), id)`);
    await runner.query(`
      CREATE INDEX providers_search ON providers USING gin (to_tsvector('simple', translate(
        left(given_name, 256) || ' ' || left(family_name, 256) || ' ' || coalesce(left(clinic, 256), ''),
        '.,:;@/\\_-''', '          ')))`);
  }
}

/** The operator class by which an index finds parts of a text. The extension may be in a schema of its own. */
async function findTrigramOperators(runner: QueryRunner): Promise<string> {
  await runner.query(`CREATE EXTENSION IF NOT EXISTS pg_trgm`);
  const [{ schema }]: [{ schema: string }] = await runner.query(
    `SELECT extnamespace::regnamespace::text AS schema FROM pg_extension WHERE extname = 'pg_trgm'`,
  );
  return `${schema}.gin_trgm_ops`;
}
