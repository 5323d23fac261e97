import type { DataSource } from 'typeorm';

/**
 * Records that sessions have ended, and forgets those whose cookies expired more than a day ago. The margin is for
 * differing clocks of an API process and of Postgres.
 */
export async function endSessions(
  dataSource: DataSource,
  sessions: readonly { readonly id: string; readonly expiresAt: Date }[],
): Promise<void> {
  await dataSource.query(
    `WITH expired AS (DELETE FROM ended_sessions WHERE expires_at < now() - interval '1 day')
     INSERT INTO ended_sessions (id, expires_at) SELECT * FROM unnest($1::text[], $2::timestamptz[])
     ON CONFLICT (id) DO NOTHING`,
    [sessions.map(({ id }) => id), sessions.map(({ expiresAt }) => expiresAt)],
  );
}

/** The ids of those sessions that have ended. */
export async function findEndedSessions(
  dataSource: DataSource,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows: { id: string }[] = await dataSource.query(`SELECT id FROM ended_sessions WHERE id = ANY ($1)`, [
    ids,
  ]);
  return new Set(rows.map(({ id }) => id));
}
