import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../src/store/schema/migrations';

/** Changes that a later version may make, and that this version must tolerate. */
class AddReviews4102444800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE providers
        ADD COLUMN reviewed_by text,
        ADD COLUMN review text NOT NULL DEFAULT 'pending' CHECK (review IN ('pending', 'done'))`);
    await runner.query(`
      CREATE TABLE reviews (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        provider_id uuid NOT NULL REFERENCES providers (id),
        run_id uuid REFERENCES sync_runs (id)
      )`);
    await runner.query('CREATE INDEX providers_by_review ON providers (review)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reviews');
    await runner.query('ALTER TABLE providers DROP COLUMN reviewed_by, DROP COLUMN review');
  }
}

/** The same database, opened by another version with fewer or more migrations. */
export function withMigrations(dataSource: DataSource, migrations: typeof MIGRATIONS): Promise<DataSource> {
  return new DataSource({ ...dataSource.options, migrations }).initialize();
}

/** The migrations of this version and of the next one. */
export const NEXT_MIGRATIONS: typeof MIGRATIONS = [...MIGRATIONS, AddReviews4102444800000];
