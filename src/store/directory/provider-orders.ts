import type { z } from 'zod';
import type { ProviderSort } from '../lists/filters';
import { storableText, storableTime } from '../postgres/storable-text';
import type { ProviderRow } from './provider-row';

/** What an order compares. */
export type OrderKeys = Pick<ProviderRow, 'nameKey' | 'firstSeenAt' | 'lastChangedAt'>;

/** An order of a list of providers. An index has its column and `id`. */
export interface ProviderOrder {
  readonly column: string;
  readonly direction: 'ASC' | 'DESC';
  readonly keySchema: z.ZodType<string>;
  readonly keyOf: (row: OrderKeys) => string;
}

const LAST_CHANGE = {
  column: 'last_changed_at',
  keySchema: storableTime,
  keyOf: (row: OrderKeys) => row.lastChangedAt.toISOString(),
};

export const PROVIDER_ORDERS: Record<ProviderSort, ProviderOrder> = {
  name: { column: 'name_key', direction: 'ASC', keySchema: storableText, keyOf: (row) => row.nameKey },
  lastChangedAt: { ...LAST_CHANGE, direction: 'ASC' },
  '-lastChangedAt': { ...LAST_CHANGE, direction: 'DESC' },
  '-firstSeenAt': {
    column: 'first_seen_at',
    direction: 'DESC',
    keySchema: storableTime,
    keyOf: (row) => row.firstSeenAt.toISOString(),
  },
};

/** The same order, the last one first. */
export function reversed(order: ProviderOrder): ProviderOrder {
  return { ...order, direction: order.direction === 'ASC' ? 'DESC' : 'ASC' };
}
