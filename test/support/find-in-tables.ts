import type { DataSource } from 'typeorm';

/** The tables with a row that holds the text: in a text, in JSON, or in bytes. */
export async function tablesWith(dataSource: DataSource, text: string): Promise<string[]> {
  const tables: { name: string }[] = await dataSource.query(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
  );
  const found: string[] = [];
  const hex = Buffer.from(text).toString('hex');
  for (const { name } of tables) {
    const [{ exists }]: [{ exists: boolean }] = await dataSource.query(
      `SELECT EXISTS (SELECT FROM ${name} t WHERE strpos(t::text, $1) > 0 OR strpos(t::text, $2) > 0) AS exists`,
      [text, hex],
    );
    if (exists) found.push(name);
  }
  return found;
}
