import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Notes what was removed of a run and of a rejected record because of its age, and finds both by index. */
export class PruneHistory1765152000000 implements MigrationInterface {
  readonly name = 'PruneHistory1765152000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_runs ADD COLUMN calls_removed_at timestamptz(3)');
    await runner.query(
      'CREATE INDEX sync_runs_with_calls ON sync_runs (finished_at) WHERE calls_removed_at IS NULL',
    );
    // Postgres looks for the runs that name a run before it removes that run.
    await runner.query(
      'CREATE INDEX sync_runs_by_holder ON sync_runs (holder_id) WHERE holder_id IS NOT NULL',
    );
    await runner.query('ALTER TABLE rejected_records ADD COLUMN raw_removed_at timestamptz(3)');
    await runner.query(
      'CREATE INDEX rejected_records_with_raw ON rejected_records (created_at) WHERE raw_removed_at IS NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rejected_records DROP COLUMN raw_removed_at');
    await runner.query('DROP INDEX sync_runs_by_holder');
    await runner.query('ALTER TABLE sync_runs DROP COLUMN calls_removed_at');
  }
}
