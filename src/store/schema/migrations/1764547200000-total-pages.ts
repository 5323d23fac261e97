import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps the totals of a run with each of its pages, and finds repeated pages and the records of a page by index. */
export class TotalPages1764547200000 implements MigrationInterface {
  readonly name = 'TotalPages1764547200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE staged_pages
        ADD COLUMN records_so_far integer,
        ADD COLUMN latest_total integer,
        ADD COLUMN largest_total integer`);
    // A repeated page is found without a look at every earlier one.
    await runner.query('CREATE INDEX staged_pages_by_address ON staged_pages (run_id, address_hash)');
    await runner.query(
      'CREATE INDEX staged_pages_by_content ON staged_pages (run_id, content_hash) WHERE received > 1',
    );
    // A small run must not read the records of a large one that is staged at the same time.
    await runner.query('CREATE INDEX staged_records_by_page ON staged_records (run_id, page)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX staged_pages_by_address, staged_pages_by_content, staged_records_by_page');
    await runner.query(`
      ALTER TABLE staged_pages
        DROP COLUMN records_so_far, DROP COLUMN latest_total, DROP COLUMN largest_total`);
  }
}
