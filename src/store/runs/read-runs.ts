import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { RunHolder } from '../../contract/run';
import { Conditions, isId } from '../lists/conditions';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery, RunFilter } from '../lists/filters';
import type { Reader } from '../postgres/snapshot';
import { isStorable, storableTime } from '../postgres/storable-text';
import { narrowRuns } from './narrow-runs';
import { type OperatorAction, readActions } from './operator-actions';
import { type ReadCalls, readCalls } from './read-calls';
import { partsOf, type RunPart } from './run-parts';
import { HOLDER_COLUMNS, RUN_COLUMNS, type Run, type RunRow, toRun } from './run-row';

export interface RunWithCalls extends Run, ReadCalls {
  /** For a skipped run: the run that held the partner. */
  readonly holder: RunHolder | null;
  /** The time of the run, in order. */
  readonly parts: readonly RunPart[];
  /** What operators did to the run, the first action first. */
  readonly actions: readonly OperatorAction[];
}

const cursorSchema = z.tuple([storableTime, z.guid()]);

/** Runs, the latest first. */
export async function listRuns(
  dataSource: Reader,
  { limit, cursor, ...filter }: RunFilter & PageQuery,
): Promise<Page<Run>> {
  const conditions = new Conditions();
  narrowRuns(conditions, filter);
  if (cursor !== undefined) {
    conditions.comesAfter('started_at, id', 'DESC', decodeCursor(cursorSchema, cursor));
  }
  const rows: RunRow[] = await dataSource.query(
    `SELECT ${RUN_COLUMNS} FROM sync_runs WHERE ${conditions}
     ORDER BY started_at DESC, id DESC LIMIT ${conditions.parameter(limit + 1)}`,
    conditions.parameters,
  );
  return toPage(rows, limit, toRun, (row) => [row.startedAt.toISOString(), row.id]);
}

/** A partner's last runs, the latest first. */
export async function listRecentRuns(
  dataSource: DataSource,
  { partner, count }: { partner: string; count: number },
): Promise<Run[]> {
  return (await listRuns(dataSource, { partner, limit: count })).items;
}

/** One run, by our id, Temporal's run ID, or the workflow ID, of which it is the latest run; null if there is none. */
export async function getRun(dataSource: DataSource, id: string): Promise<RunWithCalls | null> {
  const row = await findRun(dataSource, id);
  if (!row) return null;
  const run = toRun(row);
  const [calls, actions, holder] = await Promise.all([
    readCalls(dataSource, run.id),
    readActions(dataSource, run),
    run.holderId === null ? null : findHolder(dataSource, run.holderId),
  ]);
  return { ...run, holder, ...calls, parts: partsOf(row, calls), actions };
}

/**
 * Our id of the run of the partner to compare this one with: the last successful one before it, or if there is none the
 * last one that was not skipped. Null if there is neither.
 */
export async function findRunBefore(
  dataSource: DataSource,
  { partner, startedAt, id }: Pick<Run, 'partner' | 'startedAt' | 'id'>,
): Promise<string | null> {
  const [before]: [{ id: string | null }?] = await dataSource.query(
    `WITH earlier AS NOT MATERIALIZED (
       SELECT * FROM sync_runs WHERE partner = $1 AND (started_at, id) < ($2, $3)
     )
     SELECT coalesce(
       (SELECT id FROM earlier WHERE status = 'succeeded' ORDER BY started_at DESC, id DESC LIMIT 1),
       (SELECT id FROM earlier WHERE status NOT IN ('skipped', 'running')
        ORDER BY started_at DESC, id DESC LIMIT 1)) AS id`,
    [partner, startedAt, id],
  );
  return before?.id ?? null;
}

async function findRun(dataSource: DataSource, id: string): Promise<RunRow | null> {
  if (!isStorable(id)) return null;
  const find = async (condition: string): Promise<RunRow | undefined> => {
    const rows: RunRow[] = await dataSource.query(
      `SELECT ${RUN_COLUMNS} FROM sync_runs WHERE ${condition} = $1 ORDER BY started_at DESC LIMIT 1`,
      [id],
    );
    return rows[0];
  };
  return (
    (isId(id) ? await find('id') : undefined) ?? (await find('run_id')) ?? (await find('workflow_id')) ?? null
  );
}

async function findHolder(dataSource: DataSource, id: string): Promise<RunHolder | null> {
  const [holder]: [RunHolder?] = await dataSource.query(
    `SELECT ${HOLDER_COLUMNS} FROM sync_runs WHERE id = $1`,
    [id],
  );
  return holder ?? null;
}
