import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps to which trace a run belongs. It comes before the migration that locks the providers: a save locks its run first,
 * so a migration that locks `sync_runs` later could deadlock with it.
 */
export class TraceRuns1765497600000 implements MigrationInterface {
  readonly name = 'TraceRuns1765497600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_runs ADD COLUMN trace_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_runs DROP COLUMN trace_id');
  }
}
