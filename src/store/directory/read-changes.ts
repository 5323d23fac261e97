import { z } from 'zod';
import {
  CHANGE_KINDS,
  type ChangeCounts,
  type ChangeKind,
  type FieldChange,
  kindOf,
} from '../../contract/changes';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { ChangeFilter, PageQuery } from '../lists/filters';
import type { Reader } from '../postgres/snapshot';
import { storableTime } from '../postgres/storable-text';
import { CHANGE_ORDER, NO_RUN, selectChanges } from './select-changes';

/** The person of a change, as the directory has the person now. */
export interface ChangedProvider {
  readonly id: string;
  readonly partner: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly title: string | null;
  readonly clinic: string | null;
}

/** What one run changed at one person; times in ISO 8601, UTC. */
export interface DirectoryChange {
  readonly kind: ChangeKind;
  readonly provider: ChangedProvider;
  /** Our id of the run; null if the person is new, and was added before the directory kept this. */
  readonly runId: string | null;
  readonly changedAt: string;
  /** Empty if the person is new. */
  readonly changes: readonly FieldChange[];
}

interface Row {
  readonly runId: string;
  readonly changedAt: Date;
  readonly isNew: boolean;
  readonly provider: ChangedProvider;
  readonly changes: readonly FieldChange[];
}

/** Counts end here, so that the cost of counting has a limit. */
export const COUNTED_CHANGES = 10_000;

const cursorSchema = z.tuple([storableTime, z.guid(), z.guid()]);

/**
 * What the runs changed in the whole directory, the latest first: one item for each person and run. An item never moves,
 * so a reader meets each one on exactly one page.
 */
export async function listChanges(
  dataSource: Reader,
  { limit, cursor, ...filter }: ChangeFilter & PageQuery,
): Promise<Page<DirectoryChange>> {
  const after = cursor === undefined ? undefined : decodeCursor(cursorSchema, cursor);
  const selected = selectChanges(filter, { limit: limit + 1, after });
  if (!selected) return { items: [], nextCursor: null };
  const rows: Row[] = await dataSource.query(
    `${selected.sql}
     SELECT items.run_id AS "runId", items.changed_at AS "changedAt", is_new AS "isNew",
       json_build_object(
         'id', providers.id, 'partner', partner, 'givenName', given_name, 'familyName', family_name,
         'title', title, 'clinic', clinic) AS provider,
       ARRAY(
         SELECT json_build_object('field', field, 'before', before, 'after', after)
         FROM provider_changes changes
         WHERE changes.provider_id = items.provider_id AND changes.run_id = items.run_id AND NOT is_new
         ORDER BY changes.id) AS changes
     FROM items JOIN providers ON providers.id = items.provider_id
     ORDER BY ${CHANGE_ORDER}`,
    selected.parameters,
  );
  return toPage(rows, limit, toChange, (row) => [row.changedAt.toISOString(), row.provider.id, row.runId]);
}

/** Counts the items of each kind, up to {@link COUNTED_CHANGES}. The kind of the filter does not matter. */
export async function countChanges(dataSource: Reader, filter: ChangeFilter): Promise<ChangeCounts> {
  const counts = { new: 0, left: 0, returned: 0, changed: 0 };
  for (const kind of CHANGE_KINDS) {
    const selected = selectChanges({ ...filter, kind }, { limit: COUNTED_CHANGES + 1, isCounted: true });
    if (!selected) continue;
    const [{ count }]: [{ count: number }] = await dataSource.query(
      `${selected.sql} SELECT count(*)::integer AS count FROM items`,
      selected.parameters,
    );
    counts[kind] = count;
  }
  const atLeast = CHANGE_KINDS.filter((kind) => counts[kind] > COUNTED_CHANGES);
  for (const kind of atLeast) counts[kind] = COUNTED_CHANGES;
  return { ...counts, atLeast };
}

function toChange({ runId, changedAt, isNew, provider, changes }: Row): DirectoryChange {
  return {
    kind: isNew ? 'new' : kindOf(changes),
    provider,
    runId: runId === NO_RUN ? null : runId,
    changedAt: changedAt.toISOString(),
    changes,
  };
}
