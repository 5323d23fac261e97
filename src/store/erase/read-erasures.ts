import { z } from 'zod';
import type { Erasure } from '../../contract/erasure';
import { Conditions } from '../lists/conditions';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery } from '../lists/filters';
import type { Reader } from '../postgres/snapshot';
import { storableTime } from '../postgres/storable-text';
import type { ErasureEntity } from '../schema/entities/erasure';

const COLUMNS = `
  id, provider_id AS "providerId", partner, erased_at AS "erasedAt", erased_by AS "erasedBy", reason, removed,
  lifted_at AS "liftedAt", lifted_by AS "liftedBy"`;

const cursorSchema = z.tuple([storableTime, z.guid()]);

/** Which receipts a list has. */
export interface ErasureFilter {
  /** Only those of the person that had this id. */
  readonly providerId?: string | undefined;
}

/** The receipts of erased people, the latest first. */
export async function listErasures(
  dataSource: Reader,
  { limit, cursor, providerId }: PageQuery & ErasureFilter,
): Promise<Page<Erasure>> {
  const conditions = new Conditions();
  if (providerId !== undefined) conditions.add(`provider_id = ${conditions.parameter(providerId)}`);
  if (cursor !== undefined) {
    conditions.comesAfter('erased_at, id', 'DESC', decodeCursor(cursorSchema, cursor));
  }
  const rows: ErasureEntity[] = await dataSource.query(
    `SELECT ${COLUMNS} FROM erasures WHERE ${conditions}
     ORDER BY erased_at DESC, id DESC LIMIT ${conditions.parameter(limit + 1)}`,
    conditions.parameters,
  );
  return toPage(rows, limit, toErasure, (row) => [row.erasedAt.toISOString(), row.id]);
}

/** The latest receipt of the person that had this id; null if there is none. */
export async function findErasureOf(dataSource: Reader, providerId: string): Promise<Erasure | null> {
  const { items } = await listErasures(dataSource, { providerId, limit: 1 });
  return items[0] ?? null;
}

/** One receipt; null if there is none. */
export async function readErasure(
  runner: { query(sql: string, parameters: unknown[]): Promise<ErasureEntity[]> },
  id: string,
): Promise<Erasure | null> {
  const [row] = await runner.query(`SELECT ${COLUMNS} FROM erasures WHERE id = $1`, [id]);
  return row ? toErasure(row) : null;
}

function toErasure(row: ErasureEntity): Erasure {
  return {
    ...row,
    erasedAt: row.erasedAt.toISOString(),
    liftedAt: row.liftedAt?.toISOString() ?? null,
  };
}
