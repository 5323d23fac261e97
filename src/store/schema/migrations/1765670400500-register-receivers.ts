import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps when a receiver of webhooks was added. One that is already there gets messages as before. */
export class RegisterReceivers1765670400500 implements MigrationInterface {
  readonly name = 'RegisterReceivers1765670400500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE webhook_receivers ADD registered_at timestamptz(3) NOT NULL DEFAULT 'epoch'`);
    await runner.query('ALTER TABLE webhook_receivers ALTER registered_at SET DEFAULT now()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhook_receivers DROP registered_at');
  }
}
