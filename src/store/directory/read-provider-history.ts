import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Json } from '../../contract/answer';
import { Conditions, isId } from '../lists/conditions';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery } from '../lists/filters';
import { PROVIDER_COLUMNS, type Provider, type ProviderRow, toProvider } from './provider-row';
import { stateOf, type UndoableChange, undoChanges } from './undo-changes';

/** One field of a provider that a run changed; times in ISO 8601, UTC. */
export interface ProviderChange {
  readonly id: string;
  readonly providerId: string;
  /** The name that the provider has now. */
  readonly providerName: string;
  readonly partner: string;
  readonly runId: string;
  /** Our name of the field; `attributes.<name>` for a field that partners.yaml does not name. */
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
  readonly changedAt: string;
}

export interface ProviderChangeQuery extends PageQuery {
  readonly providerId?: string | undefined;
  /** Our id of the run that made the changes. */
  readonly runId?: string | undefined;
}

/** A provider as it was. `lastSeenAt` is null if the provider was seen again later: earlier sightings are not kept. */
export type PastProvider = Omit<Provider, 'lastSeenAt'> & { readonly lastSeenAt: string | null };

type ChangeRow = Omit<ProviderChange, 'changedAt'> & { readonly changedAt: Date };

type PastRow = ProviderRow & {
  /** The first change of each field after the moment. */
  readonly later: readonly UndoableChange[] | null;
  readonly changedUntilThen: Date | null;
};

const cursorSchema = z.tuple([z.string().regex(/^\d{1,18}$/)]);

/** Changes of providers, the latest first. */
export async function listProviderChanges(
  dataSource: DataSource,
  { providerId, runId, limit, cursor }: ProviderChangeQuery,
): Promise<Page<ProviderChange>> {
  const conditions = new Conditions();
  conditions.equalsId('provider_id', providerId);
  conditions.equalsId('run_id', runId);
  // Ids grow with time, so the order by id is the order of time and needs no other index.
  if (cursor !== undefined) conditions.comesAfter('changes.id', 'DESC', decodeCursor(cursorSchema, cursor));
  const rows: ChangeRow[] = await dataSource.query(
    `SELECT changes.id, provider_id AS "providerId", given_name || ' ' || family_name AS "providerName",
       partner, run_id AS "runId", field, before, after, changed_at AS "changedAt"
     FROM provider_changes changes JOIN providers ON providers.id = provider_id
     WHERE ${conditions}
     ORDER BY changes.id DESC
     LIMIT ${conditions.parameter(limit + 1)}`,
    conditions.parameters,
  );
  return toPage(
    rows,
    limit,
    (row) => ({ ...row, changedAt: row.changedAt.toISOString() }),
    (row) => [row.id],
  );
}

/** The provider as it was at that moment; null if there is none, or was none yet. */
export async function getProviderAsOf(
  dataSource: DataSource,
  id: string,
  at: Date,
): Promise<PastProvider | null> {
  if (!isId(id)) return null;
  const [row]: [PastRow?] = await dataSource.query(
    `SELECT ${PROVIDER_COLUMNS},
       (SELECT json_agg(first) FROM (
          SELECT DISTINCT ON (field) field, before, before IS NULL AS "wasAbsent"
          FROM provider_changes WHERE provider_id = $1 AND changed_at > $2
          ORDER BY field, id) first) AS later,
       (SELECT max(changed_at) FROM provider_changes
        WHERE provider_id = $1 AND changed_at <= $2) AS "changedUntilThen"
     FROM providers WHERE id = $1 AND first_seen_at <= $2`,
    [id, at],
  );
  return row ? undo(row, at) : null;
}

function undo(row: PastRow, at: Date): PastProvider {
  const provider = toProvider(row);
  return {
    ...provider,
    ...undoChanges(stateOf(provider), row.later ?? []),
    lastSeenAt: row.lastSeenAt <= at ? provider.lastSeenAt : null,
    lastChangedAt: (row.changedUntilThen ?? row.firstSeenAt).toISOString(),
  };
}
