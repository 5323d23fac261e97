import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps the pages of a run's answer until they are merged, and the page of each call. */
export class StagePages1764374400000 implements MigrationInterface {
  readonly name = 'StagePages1764374400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE staged_pages (
        run_id uuid NOT NULL,
        page integer NOT NULL,
        address_hash bytea NOT NULL,
        content_hash bytea NOT NULL,
        received integer NOT NULL,
        rejected integer NOT NULL,
        total integer,
        unknown_fields text[] NOT NULL,
        sent_fields text[] NOT NULL,
        remarks jsonb NOT NULL,
        staged_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT staged_pages_pkey PRIMARY KEY (run_id, page),
        CONSTRAINT staged_pages_run_fkey FOREIGN KEY (run_id) REFERENCES sync_runs (id)
      )`);
    // Without a key, an index or a reference: each would double the time to stage a million records. A run reads its
    // records once, as a whole, and the table holds only the records of running runs.
    await runner.query(`
      CREATE TABLE staged_records (
        run_id uuid NOT NULL,
        page integer NOT NULL,
        position integer NOT NULL,
        identity_key bytea,
        given_name text,
        family_name text,
        title text,
        clinic text,
        attributes jsonb,
        reason text,
        field text,
        raw text
      )`);
    // The key keeps its columns, on which workers of version 0.1.0 rely. So `attempt` is different for each page.
    await runner.query(`ALTER TABLE partner_calls ADD COLUMN page integer NOT NULL DEFAULT 1`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE partner_calls DROP COLUMN page`);
    await runner.query(`DROP TABLE staged_records, staged_pages`);
  }
}
