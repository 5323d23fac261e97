import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Json } from '../contract/sync';
import { decodeCursor, type Page, toPage } from './cursor';

/** A provider as the API shows it; times in ISO 8601, UTC. */
export interface Provider {
  readonly id: string;
  readonly partner: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly title: string | null;
  readonly clinic: string | null;
  readonly attributes: { readonly [key: string]: Json };
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly lastChangedAt: string;
}

export interface ProviderQuery {
  readonly partner?: string | undefined;
  /** Beginnings of words of name and clinic; all of them must be there. */
  readonly search?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

type ProviderRow = Omit<Provider, 'firstSeenAt' | 'lastSeenAt' | 'lastChangedAt'> & {
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly lastChangedAt: Date;
  readonly familySortKey: string;
  readonly givenSortKey: string;
};

const storableText = z.string().refine((text) => !text.includes('\0'));
const cursorSchema = z.tuple([storableText, storableText, storableText, z.uuid()]);

/** As in the index `providers_by_name`, whose first column is the partner. */
const NAME_KEY = 'left(family_name, 64), left(given_name, 64), id';

/** As in the index `providers_search`. */
const SEARCHED = `to_tsvector('simple', translate(
  left(given_name, 256) || ' ' || left(family_name, 256) || ' ' || coalesce(left(clinic, 256), ''),
  '.,:;@/\\_-''', '          '))`;

/** Providers by partner and name, those who left a partner's list included. */
export async function listProviders(
  dataSource: DataSource,
  { partner, search, limit, cursor }: ProviderQuery,
): Promise<Page<Provider>> {
  const parameters: unknown[] = [];
  const parameter = (value: unknown) => `$${parameters.push(value)}`;
  const conditions: string[] = [];
  if (partner !== undefined) conditions.push(`partner = ${parameter(partner)}`);
  if (search !== undefined && search.trim() !== '') {
    const words = search.normalize('NFC').match(/[\p{L}\p{M}\p{N}]+/gu);
    if (!words) return { items: [], nextCursor: null };
    const beginnings = words.map((word) => `${word}:*`).join(' & ');
    conditions.push(`${SEARCHED} @@ to_tsquery('simple', ${parameter(beginnings)})`);
  }
  if (cursor !== undefined) {
    const [lastPartner, ...lastName] = decodeCursor(cursorSchema, cursor);
    // Postgres would enter the index at the partner and read up to the cursor if both named the partner.
    conditions.push(
      partner === undefined
        ? `(partner, ${NAME_KEY}) > (${[lastPartner, ...lastName].map(parameter).join(', ')})`
        : `(${NAME_KEY}) > (${lastName.map(parameter).join(', ')})`,
    );
  }
  const rows: ProviderRow[] = await dataSource.query(
    `SELECT id, partner, given_name AS "givenName", family_name AS "familyName", title, clinic, attributes,
       first_seen_at AS "firstSeenAt",
       coalesce(
         last_seen_at,
         (SELECT finished_at FROM sync_runs
          WHERE sync_runs.partner = providers.partner AND status = 'succeeded'
          ORDER BY finished_at DESC LIMIT 1),
         last_changed_at) AS "lastSeenAt",
       last_changed_at AS "lastChangedAt",
       left(family_name, 64) AS "familySortKey",
       left(given_name, 64) AS "givenSortKey"
     FROM providers
     ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
     ORDER BY partner, ${NAME_KEY}
     LIMIT ${parameter(limit + 1)}`,
    parameters,
  );
  return toPage(rows, limit, toProvider, (row) => [row.partner, row.familySortKey, row.givenSortKey, row.id]);
}

function toProvider({ familySortKey: _family, givenSortKey: _given, ...row }: ProviderRow): Provider {
  return {
    ...row,
    firstSeenAt: row.firstSeenAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    lastChangedAt: row.lastChangedAt.toISOString(),
  };
}
