import type { DataSource } from 'typeorm';

/** Records of one statement. Each may hold 64 KiB. */
const RECORDS = 1_000;

const OLD_TEXTS = 'created_at < $1 AND raw_removed_at IS NULL';
const OLD_RECORDS = 'created_at < $1';

/**
 * Removes the text of the oldest rejected records. Their reason, person and state stay.
 *
 * @returns the number of records; `isDone` if no older one has its text
 */
export function pruneRawRecords(
  dataSource: DataSource,
  before: Date,
): Promise<{ removed: number; isDone: boolean }> {
  return change(
    dataSource,
    before,
    OLD_TEXTS,
    `UPDATE rejected_records SET raw = 'null', raw_removed_at = now() FROM old`,
  );
}

/**
 * Removes the oldest rejected records.
 *
 * @returns the number of records; `isDone` if there is no older one
 */
export function pruneRejectedRecords(
  dataSource: DataSource,
  before: Date,
): Promise<{ removed: number; isDone: boolean }> {
  return change(dataSource, before, OLD_RECORDS, 'DELETE FROM rejected_records USING old');
}

/** The number of records whose text {@link pruneRawRecords} would remove. */
export function countOldTexts(dataSource: DataSource, before: Date): Promise<number> {
  return count(dataSource, before, OLD_TEXTS);
}

/** The number of records that {@link pruneRejectedRecords} would remove. */
export function countOldRecords(dataSource: DataSource, before: Date): Promise<number> {
  return count(dataSource, before, OLD_RECORDS);
}

async function change(dataSource: DataSource, before: Date, condition: string, statement: string) {
  const [{ removed }]: [{ removed: number }] = await dataSource.query(
    `WITH old AS MATERIALIZED (
       SELECT run_id, position FROM rejected_records WHERE ${condition}
       ORDER BY created_at LIMIT ${RECORDS} FOR NO KEY UPDATE SKIP LOCKED
     ), changed AS (
       ${statement}
       WHERE rejected_records.run_id = old.run_id AND rejected_records.position = old.position RETURNING 1
     )
     SELECT count(*)::integer AS removed FROM changed`,
    [before],
  );
  return { removed, isDone: removed === 0 };
}

async function count(dataSource: DataSource, before: Date, condition: string): Promise<number> {
  const [{ count }]: [{ count: number }] = await dataSource.query(
    `SELECT count(*)::integer AS count FROM rejected_records WHERE ${condition}`,
    [before],
  );
  return count;
}
