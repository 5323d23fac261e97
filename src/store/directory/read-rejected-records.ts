import { z } from 'zod';
import type { RejectedRecord } from '../../contract/answer';
import type { RejectedState } from '../../contract/rejected';
import { Conditions } from '../lists/conditions';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery, RejectedRecordFilter } from '../lists/filters';
import type { Reader } from '../postgres/snapshot';
import { storableTime } from '../postgres/storable-text';

/** A record that could not be used, with the run that received it; times in ISO 8601, UTC. */
export interface StoredRejectedRecord extends Omit<RejectedRecord, 'position' | 'raw'> {
  /** Our id of the run. */
  readonly runId: string;
  /** Its number in the answer, from 1. */
  readonly record: number;
  readonly partner: string;
  /** JSON text; null if it was removed because of its age. */
  readonly raw: string | null;
  readonly createdAt: string;
  /** The names that can be used. */
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly state: RejectedState;
  /** The same for all records of one person with the same fault. */
  readonly groupId: string;
  /** The later run that brought the person. */
  readonly goneByRunId: string | null;
  /** The run that used the record after all. */
  readonly resolvedByRunId: string | null;
  readonly dismissedAt: string | null;
  readonly dismissedBy: string | null;
  readonly dismissedReason: string | null;
}

/** Rows of one page of a stream. Each may hold 64 KiB. */
export const RAW_PAGE = 100;

type Times = 'createdAt' | 'dismissedAt';
type Row = Omit<StoredRejectedRecord, Times> & {
  readonly createdAt: Date;
  readonly dismissedAt: Date | null;
};

/** The sort key of a record: its time, its run and its position. */
export const rejectedCursor = z.tuple([storableTime, z.guid(), z.string().regex(/^\d{1,9}$/)]);

/** The SQL for the raw text of a record; null if it was removed. */
export const RAW = 'CASE WHEN raw_removed_at IS NULL THEN raw END';

/** What a query selects from `rejected_records` for a {@link StoredRejectedRecord}. */
const COLUMNS = `
  run_id AS "runId", position + 1 AS record, partner, reason, field, ${RAW} AS raw, created_at AS "createdAt",
  given_name AS "givenName", family_name AS "familyName", state, encode(group_key, 'hex') AS "groupId",
  gone_by_run AS "goneByRunId", resolved_by_run AS "resolvedByRunId",
  dismissed_at AS "dismissedAt", dismissed_by AS "dismissedBy", dismissed_reason AS "dismissedReason"`;

/** Records that could not be used, the latest first. */
export async function listRejectedRecords(
  dataSource: Reader,
  { limit, cursor, ...filter }: RejectedRecordFilter & PageQuery,
): Promise<Page<StoredRejectedRecord>> {
  const conditions = toRejectedConditions(filter);
  if (cursor !== undefined) {
    conditions.comesAfter('created_at, run_id, position', 'DESC', decodeCursor(rejectedCursor, cursor));
  }
  const rows: Row[] = await dataSource.query(
    `SELECT ${COLUMNS}
     FROM rejected_records
     WHERE ${conditions}
     ORDER BY created_at DESC, run_id DESC, position DESC
     LIMIT ${conditions.parameter(limit + 1)}`,
    conditions.parameters,
  );
  return toPage(rows, limit, toRecord, (row) => [
    row.createdAt.toISOString(),
    row.runId,
    String(row.record - 1),
  ]);
}

/** The conditions of the filter on `rejected_records`. */
export function toRejectedConditions({
  partner,
  runId,
  group,
  reason,
  state,
}: RejectedRecordFilter): Conditions {
  const conditions = new Conditions();
  conditions.equals('partner', partner);
  conditions.equalsId('run_id', runId);
  if (group !== undefined) conditions.add(`group_key = decode(${conditions.parameter(group)}, 'hex')`);
  conditions.equals('reason', reason);
  if (state !== 'all') conditions.equals('state', state);
  return conditions;
}

function toRecord({ createdAt, dismissedAt, ...row }: Row): StoredRejectedRecord {
  return {
    ...row,
    createdAt: createdAt.toISOString(),
    dismissedAt: dismissedAt?.toISOString() ?? null,
  };
}
