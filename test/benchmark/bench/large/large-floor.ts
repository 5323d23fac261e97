import type { Client } from 'pg';
import { BARE_FORMATS, type BareFormat, BareStore, WAYS } from '../bare-store';

/** A way to store the partner's list without Provider Sync. */
export interface Floor {
  readonly format: BareFormat;
  readonly store: BareStore;
}

/** A floor for each format of the list and each way to merge it, each with its own table. */
export async function createFloors(client: Client): Promise<Floor[]> {
  const floors: Floor[] = [];
  for (const format of BARE_FORMATS) {
    for (const way of WAYS) {
      floors.push({ format, store: await BareStore.create(client, way, 'all', `from_${format}`) });
    }
  }
  return floors;
}
