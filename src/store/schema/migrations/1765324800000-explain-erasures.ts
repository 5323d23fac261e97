import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps why a person was erased. */
export class ExplainErasures1765324800000 implements MigrationInterface {
  readonly name = 'ExplainErasures1765324800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erasures ADD COLUMN reason text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erasures DROP COLUMN reason');
  }
}
