import type { Rejection } from '../../contract/answer';
import { explainProblem, type Presence, type RejectedState } from '../../contract/rejected';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery, RejectedRecordFilter } from '../lists/filters';
import type { Reader } from '../postgres/snapshot';
import { RAW, rejectedCursor, toRejectedConditions } from './read-rejected-records';

/** Rejected records of one person with the same fault; times in ISO 8601, UTC. */
export interface RejectedGroup {
  readonly id: string;
  readonly partner: string;
  readonly reason: Rejection;
  readonly field: string | null;
  /** As in the latest record. */
  readonly givenName: string | null;
  readonly familyName: string | null;
  /** The person and the fault in words. */
  readonly problem: string;
  /** The records that match the filter. */
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** The state of the latest record. */
  readonly state: RejectedState;
  /** Our id of the run that received the latest record. */
  readonly runId: string;
  /** The number of the latest record in its answer, from 1. */
  readonly record: number;
  /** The latest record as JSON text; null if it was removed because of its age. */
  readonly raw: string | null;
  readonly presence: Presence;
  /** The person in the directory, or at most three people of the same name. */
  readonly providerIds: readonly string[];
}

type Row = Omit<RejectedGroup, 'firstAt' | 'lastAt' | 'problem'> & {
  readonly firstAt: Date;
  readonly lastAt: Date;
};

/** People of the same name that a group names. */
const MAX_NAMED = 3;

/** The person of the latest record in the directory, by the identity and by the name. */
const PEOPLE = `
  LEFT JOIN providers same ON same.partner = latest.partner AND same.identity_key = latest.identity_key
  CROSS JOIN LATERAL (
    SELECT ARRAY(
      SELECT id FROM providers
      WHERE providers.partner = latest.partner AND providers.name_key = latest.name_key
      ORDER BY id LIMIT ${MAX_NAMED}) AS ids) named`;

const PRESENCE = `
  CASE
    WHEN same.listed THEN 'present'
    WHEN NOT same.listed THEN 'left'
    WHEN cardinality(named.ids) > 0 THEN 'sameName'
    WHEN latest.identity_key IS NULL AND latest.name_key IS NULL THEN 'unknown'
    ELSE 'absent'
  END`;

const ORDER = 'created_at DESC, run_id DESC, position DESC';
const LATER = `
  later.group_key = latest.group_key
  AND (later.created_at, later.run_id, later.position) > (latest.created_at, latest.run_id, latest.position)`;
/** After this many records, reading all records costs less than looking for a later one of each. */
const LOOKED_AT = 10_000;

/** Rejected records, grouped by person and fault. The group with the latest record is the first one. */
export async function listRejectedGroups(
  dataSource: Reader,
  query: RejectedRecordFilter & PageQuery,
): Promise<Page<RejectedGroup>> {
  const isFull = (rows: readonly Row[]) => rows.length > query.limit;
  const latest = await readGroups(dataSource, query, latestOfFew);
  const rows = isFull(latest) ? latest : await readGroups(dataSource, query, latestOfAll);
  return toPage(rows, query.limit, toGroup, (row) => [
    row.lastAt.toISOString(),
    row.runId,
    String(row.record - 1),
  ]);
}

/** The SQL that selects the latest record of each group, from the records that the filter matches. */
type Latest = (matching: string, after: string) => string;

/** Looks at the latest records only. It may find too few groups. */
const latestOfFew: Latest = (matching, after) => `
  SELECT latest.* FROM (
    SELECT * FROM rejected_records WHERE ${after} ORDER BY ${ORDER} LIMIT ${LOOKED_AT}) latest
  WHERE NOT EXISTS (SELECT FROM rejected_records later WHERE ${matching} AND ${LATER})`;

const latestOfAll: Latest = (matching, after) => `
  SELECT * FROM (
    SELECT DISTINCT ON (group_key) * FROM rejected_records WHERE ${matching}
    ORDER BY group_key DESC, ${ORDER}) latest
  WHERE ${after}`;

async function readGroups(
  dataSource: Reader,
  { limit, cursor, ...filter }: RejectedRecordFilter & PageQuery,
  latest: Latest,
): Promise<Row[]> {
  const conditions = toRejectedConditions(filter);
  const matching = String(conditions);
  if (cursor !== undefined) {
    conditions.comesAfter('created_at, run_id, position', 'DESC', decodeCursor(rejectedCursor, cursor));
  }
  return dataSource.query(
    `SELECT encode(latest.group_key, 'hex') AS id, latest.partner, reason, field,
       latest.given_name AS "givenName", latest.family_name AS "familyName",
       size.count, size.first AS "firstAt", created_at AS "lastAt", state, run_id AS "runId",
       position + 1 AS record, ${RAW} AS raw, ${PRESENCE} AS presence,
       CASE WHEN same.id IS NULL THEN named.ids ELSE ARRAY[same.id] END AS "providerIds"
     FROM (${latest(matching, String(conditions))}
       ORDER BY ${ORDER} LIMIT ${conditions.parameter(limit + 1)}) latest
     CROSS JOIN LATERAL (
       SELECT count(*)::integer AS count, min(created_at) AS first FROM rejected_records records
       WHERE ${matching} AND records.group_key = latest.group_key) size
     ${PEOPLE}
     ORDER BY ${ORDER}`,
    conditions.parameters,
  );
}

function toGroup({ firstAt, lastAt, ...row }: Row): RejectedGroup {
  return {
    ...row,
    problem: explainProblem(row),
    firstAt: firstAt.toISOString(),
    lastAt: lastAt.toISOString(),
  };
}
