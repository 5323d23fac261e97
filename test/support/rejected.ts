import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { CheckedProvider, Feed } from '../../src/contract/answer';
import type { PlacedRejection } from '../../src/partner/answer/rejected-person';
import { saveSync } from '../../src/store/save/save-sync';
import { answer, openedRun } from './store-fixtures';

/** A record of the person that `provider(key)` is, rejected. Without a key, only the name is known. */
export function rejection(
  key: string | null,
  fields: Partial<PlacedRejection> = {},
): Omit<PlacedRejection, 'position'> {
  return {
    reason: 'MissingField',
    field: 'title',
    raw: JSON.stringify({ key }),
    identityKey: key === null ? null : createHash('sha256').update(key).digest('hex'),
    givenName: `Given ${key ?? 'nameless'}`,
    familyName: `Family ${key ?? 'nameless'}`,
    ...fields,
  };
}

interface SyncOptions {
  readonly partner?: string;
  readonly feed?: Feed;
  /** The run whose answer this is. */
  readonly replayOf?: string;
}

/** Runs a whole sync with these records, of which some are rejected. Returns our id of the run. */
export async function rejectingSync(
  dataSource: DataSource,
  rejected: readonly Omit<PlacedRejection, 'position'>[],
  providers: readonly CheckedProvider[] = [],
  { partner = 'noteworth', feed = 'sample', replayOf }: SyncOptions = {},
): Promise<string> {
  const runId = await openedRun(dataSource, { partner, replayOf });
  const placed = rejected.map((record, position) => ({ ...record, position }));
  await saveSync(dataSource, {
    ...{ runId, partner, feed, calls: [] },
    answer: { ...answer(providers), rejected: placed },
  });
  return runId;
}
