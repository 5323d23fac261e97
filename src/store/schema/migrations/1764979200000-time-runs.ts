import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps when a run was requested, when its steps were scheduled, who started it and who cancelled it. */
export class TimeRuns1764979200000 implements MigrationInterface {
  readonly name = 'TimeRuns1764979200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sync_runs
        ADD COLUMN requested_at timestamptz(3),
        ADD COLUMN started_by text,
        ADD COLUMN claim_scheduled_at timestamptz(3),
        ADD COLUMN claim_attempts integer,
        ADD COLUMN storing_scheduled_at timestamptz(3),
        ADD COLUMN storing_attempts integer,
        ADD COLUMN closing_scheduled_at timestamptz(3),
        ADD COLUMN closing_attempts integer`);
    await runner.query(`ALTER TABLE partner_calls ADD COLUMN scheduled_at timestamptz(3)`);
    // The page of a run names its replays.
    await runner.query(
      `CREATE INDEX sync_runs_replays ON sync_runs (replay_of, started_at) WHERE replay_of IS NOT NULL`,
    );
    // No foreign key: a run can be cancelled before a worker has recorded it.
    await runner.query(`
      CREATE TABLE operator_actions (
        run_id uuid NOT NULL,
        at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        action text NOT NULL,
        done_by text,
        reason text,
        CONSTRAINT operator_actions_pkey PRIMARY KEY (run_id, at, action),
        CONSTRAINT operator_actions_action_check CHECK (action IN ('cancelled'))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE operator_actions`);
    await runner.query(`DROP INDEX sync_runs_replays`);
    await runner.query(`ALTER TABLE partner_calls DROP COLUMN scheduled_at`);
    await runner.query(`
      ALTER TABLE sync_runs
        DROP COLUMN requested_at,
        DROP COLUMN started_by,
        DROP COLUMN claim_scheduled_at,
        DROP COLUMN claim_attempts,
        DROP COLUMN storing_scheduled_at,
        DROP COLUMN storing_attempts,
        DROP COLUMN closing_scheduled_at,
        DROP COLUMN closing_attempts`);
  }
}
