import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions of the pages that ended before their time, so that a copy of their cookie is refused everywhere. */
export class EndSessions1764288000000 implements MigrationInterface {
  readonly name = 'EndSessions1764288000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ended_sessions (
        id text CONSTRAINT ended_sessions_pkey PRIMARY KEY,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX ended_sessions_by_expiry ON ended_sessions (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ended_sessions`);
  }
}
