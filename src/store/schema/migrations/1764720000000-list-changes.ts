import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The changes of each class. Every change is in exactly one of the indexes. */
const CLASSES = {
  left: `field = 'listed' AND after = 'false'`,
  returned: `field = 'listed' AND after = 'true'`,
  title: `field = 'title'`,
  clinic: `field = 'clinic'`,
  name: `field IN ('givenName', 'familyName')`,
  other: `field LIKE 'attributes.%'`,
};

/** Makes the changes of the whole directory quick to list and count by their class, the latest first. */
export class ListChanges1764720000000 implements MigrationInterface {
  readonly name = 'ListChanges1764720000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, condition] of Object.entries(CLASSES)) {
      await runner.query(`
        CREATE INDEX provider_changes_${name} ON provider_changes (changed_at, provider_id, run_id)
        WHERE ${condition}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    const names = Object.keys(CLASSES).map((name) => `provider_changes_${name}`);
    await runner.query(`DROP INDEX ${names.join(', ')}`);
  }
}
