import type { Json } from '../../contract/answer';
import { isGood } from '../runs/good-run';

/** A provider as the API shows it; times in ISO 8601, UTC. */
export interface Provider {
  readonly id: string;
  readonly partner: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly title: string | null;
  readonly clinic: string | null;
  readonly attributes: { readonly [key: string]: Json };
  /** False if the last whole list of the partner did not have the provider. */
  readonly listed: boolean;
  /** Our id of the run that first brought the provider; null if the provider is older than this column. */
  readonly firstRunId: string | null;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly lastChangedAt: string;
}

type Times = 'firstSeenAt' | 'lastSeenAt' | 'lastChangedAt';

/** A row of {@link PROVIDER_COLUMNS}. */
export type ProviderRow = Omit<Provider, Times> & {
  readonly [time in Times]: Date;
} & {
  readonly nameKey: string;
};

/** What a query selects from `providers` for {@link toProvider}. */
export const PROVIDER_COLUMNS = `
  providers.id, providers.partner, given_name AS "givenName", family_name AS "familyName", title, clinic,
  attributes, listed, name_key AS "nameKey", first_run_id AS "firstRunId", first_seen_at AS "firstSeenAt",
  coalesce(
    last_seen_at,
    (SELECT finished_at FROM sync_runs
     WHERE sync_runs.partner = providers.partner AND ${isGood()}
     ORDER BY finished_at DESC LIMIT 1),
    last_changed_at) AS "lastSeenAt",
  last_changed_at AS "lastChangedAt"`;

export function toProvider(row: ProviderRow): Provider {
  return {
    id: row.id,
    partner: row.partner,
    givenName: row.givenName,
    familyName: row.familyName,
    title: row.title,
    clinic: row.clinic,
    attributes: row.attributes,
    listed: row.listed,
    firstRunId: row.firstRunId,
    firstSeenAt: row.firstSeenAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    lastChangedAt: row.lastChangedAt.toISOString(),
  };
}
