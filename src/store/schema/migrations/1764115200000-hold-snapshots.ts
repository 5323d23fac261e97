import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps what a snapshot that waits for approval would do, and how that was decided. */
export class HoldSnapshots1764115200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sync_runs
        ADD COLUMN approval_departing integer,
        ADD COLUMN approval_listed integer,
        ADD COLUMN approval_requested_at timestamptz(3),
        ADD COLUMN approval_deadline timestamptz(3),
        ADD COLUMN approval_verdict text,
        ADD COLUMN approval_by text,
        ADD COLUMN approval_reason text,
        ADD COLUMN approval_decided_at timestamptz(3),
        ADD CONSTRAINT sync_runs_verdict_check CHECK (approval_verdict IN ('approved', 'rejected', 'expired'))`);
    await runner.query(`
      CREATE TABLE pending_departures (
        run_id uuid NOT NULL,
        provider_id uuid NOT NULL,
        CONSTRAINT pending_departures_pkey PRIMARY KEY (run_id, provider_id),
        CONSTRAINT pending_departures_run_fkey FOREIGN KEY (run_id) REFERENCES sync_runs (id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE pending_departures`);
    await runner.query(`
      ALTER TABLE sync_runs
        DROP COLUMN approval_departing,
        DROP COLUMN approval_listed,
        DROP COLUMN approval_requested_at,
        DROP COLUMN approval_deadline,
        DROP COLUMN approval_verdict,
        DROP COLUMN approval_by,
        DROP COLUMN approval_reason,
        DROP COLUMN approval_decided_at`);
  }
}
