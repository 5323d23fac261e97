import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps to which trace a run belongs. */
export class TraceRuns1765670400000 implements MigrationInterface {
  readonly name = 'TraceRuns1765670400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_runs ADD COLUMN trace_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_runs DROP COLUMN trace_id');
  }
}
