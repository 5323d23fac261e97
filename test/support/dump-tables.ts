import type { DataSource } from 'typeorm';

/** Every row of every table as text, by table. */
export async function dumpTables(dataSource: DataSource): Promise<ReadonlyMap<string, string>> {
  const tables = await dataSource.query<{ name: string }[]>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  const dumps = new Map<string, string>();
  for (const { name } of tables) {
    const [{ text }] = await dataSource.query<[{ text: string }]>(
      `SELECT coalesce(string_agg(row_to_json(t)::text, E'\\n'), '') AS text FROM ${name} t`,
    );
    dumps.set(name, text);
  }
  return dumps;
}
