import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps the receipts of erased people, and what recognises them without their names. */
export class ErasePeople1765152000001 implements MigrationInterface {
  readonly name = 'ErasePeople1765152000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE erasures (
        id uuid NOT NULL,
        provider_id uuid NOT NULL,
        partner text NOT NULL,
        erased_at timestamptz(3) NOT NULL DEFAULT now(),
        erased_by text,
        removed jsonb NOT NULL,
        lifted_at timestamptz(3),
        lifted_by text,
        CONSTRAINT erasures_pkey PRIMARY KEY (id)
      )`);
    await runner.query('CREATE INDEX erasures_by_provider ON erasures (provider_id)');
    await runner.query('CREATE INDEX erasures_by_time ON erasures (erased_at, id)');
    await runner.query(`
      CREATE TABLE suppressed_people (
        partner text NOT NULL,
        hash bytea NOT NULL,
        erasure_id uuid NOT NULL,
        CONSTRAINT suppressed_people_pkey PRIMARY KEY (partner, hash, erasure_id),
        CONSTRAINT suppressed_people_erasure_fkey FOREIGN KEY (erasure_id) REFERENCES erasures (id)
      )`);
    // The key of the hashes, sealed with a payload key. There is one.
    await runner.query(`
      CREATE TABLE suppression_keys (
        id integer NOT NULL,
        sealed bytea NOT NULL,
        CONSTRAINT suppression_keys_pkey PRIMARY KEY (id),
        CONSTRAINT suppression_keys_one_check CHECK (id = 1)
      )`);
    // A save calls this, and an erasure takes the other lock. So no save brings a person back that is being erased. A
    // volatile function sees what was committed while it waited.
    await runner.query(`
      CREATE FUNCTION hold_erasures(of_partner text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock_shared(hashtext('provider-sync erasure'), hashtext(of_partner));
        RETURN EXISTS (SELECT FROM suppressed_people WHERE partner = of_partner);
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION hold_erasures(text)');
    await runner.query('DROP TABLE suppression_keys, suppressed_people, erasures');
  }
}
