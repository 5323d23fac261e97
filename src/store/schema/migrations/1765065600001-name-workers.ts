import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps which version of the worker began a run, and how it read the partner's answer. */
export class NameWorkers1765065600001 implements MigrationInterface {
  readonly name = 'NameWorkers1765065600001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_runs ADD COLUMN worker_version text, ADD COLUMN mapping_hash bytea');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sync_runs DROP COLUMN worker_version, DROP COLUMN mapping_hash');
  }
}
