import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../src/store/schema/migrations';

/** What a next version may add, as this version must bear it. */
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

/** The same database as another version sees it: with fewer migrations, or with more. */
export function withMigrations(dataSource: DataSource, migrations: typeof MIGRATIONS): Promise<DataSource> {
  return new DataSource({ ...dataSource.options, migrations }).initialize();
}

/** This version's migrations and the one that comes after. */
export const NEXT_MIGRATIONS: typeof MIGRATIONS = [...MIGRATIONS, AddReviews4102444800000];
