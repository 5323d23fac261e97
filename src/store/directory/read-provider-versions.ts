import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { FieldChange } from '../../contract/changes';
import { isId } from '../lists/conditions';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery } from '../lists/filters';
import { CALL_COLUMNS } from '../runs/ledger';
import type { RecordedCall } from '../runs/read-calls';
import { PROVIDER_COLUMNS, type ProviderRow, toProvider } from './provider-row';
import { type ProviderState, stateOf, type UndoableChange, undoChanges } from './undo-changes';

/** The call to the partner that brought a version. */
export interface VersionCall extends Pick<RecordedCall, 'page' | 'attempt' | 'startedAt'> {
  /** Our id of the run that made the call. A replay uses the call of the run that it replays. */
  readonly runId: string;
}

/** A provider from one change to the next; times in ISO 8601, UTC. */
export interface ProviderVersion extends ProviderState {
  /** 1 is the provider as it was first seen. */
  readonly number: number;
  readonly beganAt: string;
  /** When the next version began; null for the current one. */
  readonly endedAt: string | null;
  /** Our id of the run that brought the version; null if the provider is older than this record. */
  readonly runId: string | null;
  /** Null if it is not known, or if the run made several calls for its pages. */
  readonly call: VersionCall | null;
  /** The changes from the version before; none for version 1. */
  readonly changes: readonly FieldChange[];
}

interface Row {
  readonly number: number;
  readonly beganAt: string;
  readonly endedAt: string | null;
  readonly runId: string | null;
  readonly call: VersionCall | null;
  readonly changes: readonly (UndoableChange & FieldChange)[] | null;
}

type PageRow = ProviderRow & {
  readonly versions: readonly Row[] | null;
  /** The first change of each field after the versions. */
  readonly later: readonly UndoableChange[] | null;
};

const cursorSchema = z.tuple([z.string().regex(/^\d{1,9}$/)]);
/** A number that no version has. */
const BEYOND = 2_000_000_000;

/**
 * The versions of a provider, the latest first. All changes that one run made are one version. A number stays with its
 * version. One statement reads everything, so that a sync that ends meanwhile is in all of it or in nothing.
 */
export async function listProviderVersions(
  dataSource: DataSource,
  { providerId, limit, cursor }: PageQuery & { readonly providerId: string },
): Promise<Page<ProviderVersion>> {
  const before = cursor === undefined ? BEYOND : Number(decodeCursor(cursorSchema, cursor)[0]);
  const [row] = isId(providerId)
    ? ((await dataSource.query(SELECT_VERSIONS, [providerId, before, limit + 1])) as [PageRow?])
    : [];
  const versions = row ? toVersions(row) : [];
  return toPage(
    versions,
    limit,
    (version) => version,
    ({ number }) => [String(number)],
  );
}

/** One version of a provider; null if there is none with this number. */
export async function getProviderVersion(
  dataSource: DataSource,
  providerId: string,
  number: number,
): Promise<ProviderVersion | null> {
  if (!isId(providerId)) return null;
  const [row]: [PageRow?] = await dataSource.query(SELECT_VERSIONS, [providerId, number + 1, 1]);
  const [version] = row ? toVersions(row) : [];
  return version?.number === number ? version : null;
}

/** The number of the version that a provider had at that moment; null if it was not in the directory. */
export async function findVersionAt(
  dataSource: DataSource,
  providerId: string,
  at: Date,
): Promise<number | null> {
  if (!isId(providerId)) return null;
  const [row]: [{ number: number }?] = await dataSource.query(
    `SELECT 1 + (
       SELECT count(DISTINCT run_id)::integer FROM provider_changes
       WHERE provider_id = $1 AND changed_at <= $2) AS number
     FROM providers WHERE id = $1 AND first_seen_at <= $2`,
    [providerId, at],
  );
  return row?.number ?? null;
}

/** Walks back from the current state: each version is the state before the changes of the next one. */
function toVersions({ versions, later, ...row }: PageRow): ProviderVersion[] {
  let state = undoChanges(stateOf(toProvider(row)), later ?? []);
  return (versions ?? []).map(({ changes, call, ...version }) => {
    const made = changes ?? [];
    const current = state;
    state = undoChanges(state, made);
    return {
      ...version,
      ...current,
      beganAt: toUtc(version.beganAt),
      endedAt: version.endedAt && toUtc(version.endedAt),
      call: call && { ...call, startedAt: toUtc(call.startedAt) },
      changes: made.map(({ field, before, after }) => ({ field, before, after })),
    };
  });
}

/** Postgres writes times into JSON with the offset of the session. */
function toUtc(time: string): string {
  return new Date(time).toISOString();
}

/** The one call of a run that brought providers. Which call of several brought a provider is not recorded. */
const CALL = `
  SELECT CASE WHEN count(*) = 1 THEN json_agg(call) -> 0 END
  FROM (
    SELECT json_build_object('runId', "runId", 'page', page, 'attempt', attempt, 'startedAt', "startedAt") AS call
    FROM (SELECT run_id AS "runId", ${CALL_COLUMNS} FROM partner_calls
      WHERE run_id = (SELECT coalesce(replay_of, id) FROM sync_runs WHERE id = page.run_id)
        AND endpoint = 'providers' AND outcome = 'ok' LIMIT 2) calls
  ) calls`;

const SELECT_VERSIONS = `
  WITH changes AS MATERIALIZED (
    SELECT id, run_id, field, before, after, changed_at FROM provider_changes WHERE provider_id = $1
  ), begun AS (
    SELECT 0 AS first_id, first_run_id AS run_id, first_seen_at AS began_at FROM providers WHERE id = $1
    UNION ALL
    SELECT min(id), run_id, min(changed_at) FROM changes GROUP BY run_id
  ), versions AS (
    SELECT begun.*, row_number() OVER (ORDER BY first_id)::integer AS number,
      lead(began_at) OVER (ORDER BY first_id) AS ended_at,
      lead(first_id) OVER (ORDER BY first_id) AS next_id
    FROM begun
  ), page AS (
    SELECT * FROM versions WHERE number < $2 ORDER BY number DESC LIMIT $3
  )
  SELECT ${PROVIDER_COLUMNS},
    (SELECT json_agg(version ORDER BY version.number DESC) FROM (
       SELECT number, began_at AS "beganAt", ended_at AS "endedAt", run_id AS "runId",
         (${CALL}) AS call,
         (SELECT json_agg(change) FROM (
            SELECT field, before, after, before IS NULL AS "wasAbsent" FROM changes
            WHERE changes.run_id = page.run_id AND page.first_id > 0 ORDER BY id) change) AS changes
       FROM page) version) AS versions,
    (SELECT json_agg(first) FROM (
       SELECT DISTINCT ON (field) field, before, before IS NULL AS "wasAbsent" FROM changes
       WHERE id >= (SELECT next_id FROM page ORDER BY number DESC LIMIT 1)
       ORDER BY field, id) first) AS later
  FROM providers WHERE id = $1`;
