import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps with a staged record that it says that the person left. Null for all others. */
export class StageDepartures1765756800000 implements MigrationInterface {
  readonly name = 'StageDepartures1765756800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE staged_records ADD COLUMN departed boolean');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM staged_records WHERE departed');
    await runner.query('ALTER TABLE staged_records DROP COLUMN departed');
  }
}
