import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a run remarks about its answer, and the partner's names of the fields that the answer had. */
export class KeepRemarks1764028800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sync_runs
        ADD COLUMN fields text[],
        ADD COLUMN remarks jsonb NOT NULL DEFAULT '[]'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sync_runs DROP COLUMN fields, DROP COLUMN remarks`);
  }
}
