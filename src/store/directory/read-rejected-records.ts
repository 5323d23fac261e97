import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { RejectedRecord } from '../../contract/answer';
import { Conditions } from '../lists/conditions';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery, RejectedRecordFilter } from '../lists/filters';
import { streamPages } from '../lists/stream-pages';
import type { Reader } from '../postgres/snapshot';
import { storableTime } from '../postgres/storable-text';

/** A record that could not be used, with the run that received it. */
export interface StoredRejectedRecord extends RejectedRecord {
  /** Our id of the run. */
  readonly runId: string;
  readonly partner: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** Rows of one page of a stream. Each may hold 64 KiB. */
const RAW_PAGE = 100;

type Row = Omit<StoredRejectedRecord, 'createdAt'> & { readonly createdAt: Date };

const cursorSchema = z.tuple([storableTime, z.guid(), z.string().regex(/^\d{1,9}$/)]);

/** Records that could not be used, the latest first. */
export async function listRejectedRecords(
  dataSource: Reader,
  { partner, runId, reason, limit, cursor }: RejectedRecordFilter & PageQuery,
): Promise<Page<StoredRejectedRecord>> {
  const conditions = new Conditions();
  conditions.equals('partner', partner);
  conditions.equalsId('run_id', runId);
  conditions.equals('reason', reason);
  if (cursor !== undefined) {
    conditions.comesAfter('created_at, run_id, position', 'DESC', decodeCursor(cursorSchema, cursor));
  }
  const rows: Row[] = await dataSource.query(
    `SELECT run_id AS "runId", position, partner, reason, field, raw, created_at AS "createdAt"
     FROM rejected_records
     WHERE ${conditions}
     ORDER BY created_at DESC, run_id DESC, position DESC
     LIMIT ${conditions.parameter(limit + 1)}`,
    conditions.parameters,
  );
  return toPage(
    rows,
    limit,
    (row) => ({ ...row, createdAt: row.createdAt.toISOString() }),
    (row) => [row.createdAt.toISOString(), row.runId, String(row.position)],
  );
}

/** The same as {@link listRejectedRecords}, but all records at one moment, one by one; see {@link streamPages}. */
export function streamRejectedRecords(
  dataSource: DataSource,
  filter: RejectedRecordFilter,
  signal?: AbortSignal,
): AsyncIterable<StoredRejectedRecord> {
  return streamPages(
    dataSource,
    (reader, cursor) => listRejectedRecords(reader, { ...filter, limit: RAW_PAGE, cursor }),
    signal,
  );
}
