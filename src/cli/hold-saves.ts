import { Client } from 'pg';

const WITHIN_MS = 10_000;

/** A lock that allows reads of the directory and blocks writes. */
export interface HeldSaves {
  /** Whether a run waits for the lock to store its answer. */
  isAwaited(): Promise<boolean>;
  /** The number of providers in the directory. */
  countProviders(): Promise<number>;
  release(): Promise<void>;
  /** Releases the lock too. */
  close(): Promise<void>;
}

/** Keeps runs from storing their answer. */
export async function holdSaves(databaseUrl: string): Promise<HeldSaves> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'provider-sync demo',
    connectionTimeoutMillis: WITHIN_MS,
    query_timeout: WITHIN_MS,
  });
  // If Postgres is lost, the next statement fails with the reason.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN; LOCK TABLE providers IN EXCLUSIVE MODE');
  return {
    isAwaited: async () => {
      const { rowCount } = await client.query(
        "SELECT FROM pg_locks WHERE relation = 'providers'::regclass AND NOT granted",
      );
      return Boolean(rowCount);
    },
    countProviders: async () => {
      const { rows } = await client.query<{ count: number }>(
        'SELECT count(*)::integer AS count FROM providers',
      );
      return rows[0]?.count ?? 0;
    },
    release: async () => {
      await client.query('COMMIT');
    },
    close: () => client.end(),
  };
}
