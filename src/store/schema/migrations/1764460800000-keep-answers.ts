import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps the answers of runs for some days, encrypted, so that they can be replayed. */
export class KeepAnswers1764460800000 implements MigrationInterface {
  readonly name = 'KeepAnswers1764460800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE kept_answers (
        run_id uuid NOT NULL,
        page integer NOT NULL,
        part integer NOT NULL,
        sealed bytea NOT NULL,
        CONSTRAINT kept_answers_pkey PRIMARY KEY (run_id, page, part),
        CONSTRAINT kept_answers_run_fkey FOREIGN KEY (run_id) REFERENCES sync_runs (id)
      )`);
    // What is encrypted cannot be compressed: Postgres need not try.
    await runner.query(`ALTER TABLE kept_answers ALTER COLUMN sealed SET STORAGE EXTERNAL`);
    await runner.query(`
      ALTER TABLE sync_runs
        ADD COLUMN replay_of uuid,
        ADD COLUMN answer_sha256 bytea,
        ADD COLUMN answer_kept_until timestamptz(3)`);
    await runner.query(
      `CREATE INDEX sync_runs_kept_answers ON sync_runs (answer_kept_until) WHERE answer_kept_until IS NOT NULL`,
    );
    await runner.query(`ALTER TABLE staged_pages ADD COLUMN answer_sha256 bytea`);
    await runner.query(`ALTER TABLE staged_records ADD COLUMN sealed bytea`);
    await runner.query(`ALTER TABLE staged_records ALTER COLUMN sealed SET STORAGE EXTERNAL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM staged_records WHERE sealed IS NOT NULL`);
    await runner.query(`ALTER TABLE staged_records DROP COLUMN sealed`);
    await runner.query(`ALTER TABLE staged_pages DROP COLUMN answer_sha256`);
    await runner.query(`
      ALTER TABLE sync_runs
        DROP COLUMN replay_of, DROP COLUMN answer_sha256, DROP COLUMN answer_kept_until`);
    await runner.query(`DROP TABLE kept_answers`);
  }
}
