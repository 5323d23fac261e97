import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The state of a rejected record. */
const STATE = `
  CASE
    WHEN resolved_by_run IS NOT NULL THEN 'resolved'
    WHEN dismissed_at IS NOT NULL THEN 'dismissed'
    WHEN gone_by_run IS NOT NULL THEN 'gone'
    ELSE 'open'
  END`;

/**
 * Records of one person with the same fault have the same key. Without an identity, the exact name stands for the person;
 * without a name, all records with the fault belong together.
 */
const GROUP_KEY = `
  sha256(decode(replace(
    partner || chr(9) || reason || chr(9) || coalesce(field, '') || chr(9) ||
      coalesce(encode(identity_key, 'hex'), coalesce(family_name, '') || chr(9) || coalesce(given_name, '')),
    '\\', '\\\\'), 'escape'))`;

/** Keeps the person of a rejected record, and its state: open, gone, dismissed or resolved. */
export class FollowRejected1764633600000 implements MigrationInterface {
  readonly name = 'FollowRejected1764633600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE rejected_records
        ADD COLUMN identity_key bytea,
        ADD COLUMN given_name text,
        ADD COLUMN family_name text,
        ADD COLUMN name_key text COLLATE "C"
          GENERATED ALWAYS AS (fold_name(family_name) || chr(9) || fold_name(given_name)) STORED,
        ADD COLUMN gone_by_run uuid,
        ADD COLUMN resolved_by_run uuid,
        ADD COLUMN dismissed_at timestamptz(3),
        ADD COLUMN dismissed_by text,
        ADD COLUMN dismissed_reason text`);
    await runner.query(`
      ALTER TABLE rejected_records
        ADD COLUMN state text NOT NULL GENERATED ALWAYS AS (${STATE}) STORED,
        ADD COLUMN group_key bytea NOT NULL GENERATED ALWAYS AS (${GROUP_KEY}) STORED`);
    await runner.query(
      `CREATE INDEX rejected_records_by_state ON rejected_records (state, created_at, run_id, position)`,
    );
    await runner.query(
      `CREATE INDEX rejected_records_by_group ON rejected_records (group_key, created_at, run_id, position)`,
    );
    // A run that stores its answer looks up who has come since.
    await runner.query(`
      CREATE INDEX rejected_records_missing ON rejected_records (partner, identity_key)
      WHERE gone_by_run IS NULL AND identity_key IS NOT NULL`);
    await runner.query(`
      CREATE INDEX rejected_records_missing_name ON rejected_records (partner, name_key)
      WHERE gone_by_run IS NULL AND identity_key IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX rejected_records_by_state, rejected_records_by_group, rejected_records_missing,
        rejected_records_missing_name`);
    await runner.query(`
      ALTER TABLE rejected_records
        DROP COLUMN state,
        DROP COLUMN group_key,
        DROP COLUMN name_key`);
    await runner.query(`
      ALTER TABLE rejected_records
        DROP COLUMN identity_key,
        DROP COLUMN given_name,
        DROP COLUMN family_name,
        DROP COLUMN gone_by_run,
        DROP COLUMN resolved_by_run,
        DROP COLUMN dismissed_at,
        DROP COLUMN dismissed_by,
        DROP COLUMN dismissed_reason`);
  }
}
