import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the runs that took long, and those that repeated a call, by index. */
export class FindRuns1765065600000 implements MigrationInterface {
  readonly name = 'FindRuns1765065600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX sync_runs_by_duration ON sync_runs ((finished_at - started_at))');
    // Few runs take long. A finer histogram shows Postgres how few, so that it does not read all runs to find them.
    await runner.query('ALTER INDEX sync_runs_by_duration ALTER COLUMN 1 SET STATISTICS 1000');
    // Each page has room for three attempts. The first of them is no repeat.
    await runner.query(
      'CREATE INDEX partner_calls_repeats ON partner_calls (run_id) WHERE (attempt - 1) % 3 > 0',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX partner_calls_repeats, sync_runs_by_duration');
  }
}
