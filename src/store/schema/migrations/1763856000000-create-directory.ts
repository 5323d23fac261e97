import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The directory, its history, and the runs that made it. */
export class CreateDirectory1763856000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sync_runs (
        id uuid NOT NULL DEFAULT gen_random_uuid(),
        partner text NOT NULL,
        trigger text NOT NULL,
        status text NOT NULL,
        workflow_id text NOT NULL,
        run_id text NOT NULL,
        started_at timestamptz(3) NOT NULL DEFAULT now(),
        finished_at timestamptz(3),
        feed text,
        received integer NOT NULL DEFAULT 0,
        inserted integer NOT NULL DEFAULT 0,
        updated integer NOT NULL DEFAULT 0,
        unchanged integer NOT NULL DEFAULT 0,
        duplicates integer NOT NULL DEFAULT 0,
        rejected integer NOT NULL DEFAULT 0,
        departed integer NOT NULL DEFAULT 0,
        unknown_fields text[] NOT NULL DEFAULT '{}',
        vanished_fields text[] NOT NULL DEFAULT '{}',
        failure_type text,
        failure_message text,
        holder_id uuid,
        CONSTRAINT sync_runs_pkey PRIMARY KEY (id),
        CONSTRAINT sync_runs_holder_fkey FOREIGN KEY (holder_id) REFERENCES sync_runs (id),
        CONSTRAINT sync_runs_status_check
          CHECK (status IN ('running', 'succeeded', 'failed', 'skipped', 'cancelled', 'abandoned')),
        CONSTRAINT sync_runs_finished_check CHECK ((status = 'running') = (finished_at IS NULL))
      )`);
    await runner.query(`CREATE UNIQUE INDEX sync_runs_temporal_run_key ON sync_runs (run_id)`);
    await runner.query(
      `CREATE UNIQUE INDEX sync_runs_one_running ON sync_runs (partner) WHERE status = 'running'`,
    );
    await runner.query(
      `CREATE INDEX sync_runs_last_good ON sync_runs (partner, finished_at) WHERE status = 'succeeded'`,
    );
    await runner.query(`CREATE INDEX sync_runs_by_partner ON sync_runs (partner, started_at, id)`);
    await runner.query(`CREATE INDEX sync_runs_by_start ON sync_runs (started_at, id)`);
    await runner.query(`CREATE INDEX sync_runs_by_workflow ON sync_runs (workflow_id, started_at)`);

    await runner.query(`
      CREATE TABLE providers (
        id uuid NOT NULL DEFAULT gen_random_uuid(),
        partner text NOT NULL,
        identity_key bytea NOT NULL,
        given_name text NOT NULL,
        family_name text NOT NULL,
        title text,
        clinic text,
        attributes jsonb NOT NULL DEFAULT '{}',
        listed boolean NOT NULL DEFAULT true,
        first_seen_at timestamptz(3) NOT NULL,
        last_seen_at timestamptz(3),
        last_changed_at timestamptz(3) NOT NULL,
        CONSTRAINT providers_pkey PRIMARY KEY (id)
      )`);
    await runner.query(`CREATE UNIQUE INDEX providers_identity_key ON providers (partner, identity_key)`);
    // An index takes neither rows over 2704 bytes nor texts over 1 MB, and a name may be longer: both
    // indexes see the beginning of each text.
    await runner.query(`
      CREATE INDEX providers_by_name
        ON providers (partner, (left(family_name, 64)), (left(given_name, 64)), id)`);
    await runner.query(`
      CREATE INDEX providers_search ON providers USING gin (to_tsvector('simple', translate(
        left(given_name, 256) || ' ' || left(family_name, 256) || ' ' || coalesce(left(clinic, 256), ''),
        '.,:;@/\\_-''', '          ')))`);

    await runner.query(`
      CREATE TABLE provider_changes (
        id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
        provider_id uuid NOT NULL,
        run_id uuid NOT NULL,
        field text NOT NULL,
        before jsonb,
        after jsonb,
        changed_at timestamptz(3) NOT NULL,
        CONSTRAINT provider_changes_pkey PRIMARY KEY (id),
        CONSTRAINT provider_changes_provider_fkey FOREIGN KEY (provider_id) REFERENCES providers (id),
        CONSTRAINT provider_changes_run_fkey FOREIGN KEY (run_id) REFERENCES sync_runs (id)
      )`);
    await runner.query(`CREATE INDEX provider_changes_by_provider ON provider_changes (provider_id, id)`);
    await runner.query(`CREATE INDEX provider_changes_by_run ON provider_changes (run_id)`);

    await runner.query(`
      CREATE TABLE partner_calls (
        run_id uuid NOT NULL,
        endpoint text NOT NULL,
        attempt integer NOT NULL,
        started_at timestamptz(3) NOT NULL,
        took_ms integer,
        http_status integer,
        bytes integer,
        outcome text NOT NULL,
        detail text,
        CONSTRAINT partner_calls_pkey PRIMARY KEY (run_id, endpoint, attempt),
        CONSTRAINT partner_calls_run_fkey FOREIGN KEY (run_id) REFERENCES sync_runs (id)
      )`);

    await runner.query(`
      CREATE TABLE rejected_records (
        run_id uuid NOT NULL,
        position integer NOT NULL,
        partner text NOT NULL,
        reason text NOT NULL,
        field text,
        raw text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT rejected_records_pkey PRIMARY KEY (run_id, position),
        CONSTRAINT rejected_records_run_fkey FOREIGN KEY (run_id) REFERENCES sync_runs (id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE rejected_records, partner_calls, provider_changes, providers, sync_runs`);
  }
}
