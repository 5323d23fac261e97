import { createHash, randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { CheckedAnswer, CheckedProvider, Feed } from '../../src/contract/answer';
import type { PartnerCall } from '../../src/contract/call';
import type { SyncCounts } from '../../src/contract/run';
import { migrate } from '../../src/store/migrate/migrate';
import { openRun, type RunStart } from '../../src/store/runs/open-run';
import { saveSync } from '../../src/store/save/save-sync';
import { expectExactCounts } from './expect-exact-counts';
import { patientDataSource } from './patient-data-source';
import { createDatabaseToMigrate } from './test-database';
import { useOpened } from './use-opened';

export interface TestStore {
  readonly url: string;
  readonly dataSource: DataSource;
  /** Removes all rows. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a new migrated database with a pool of connections. */
export async function openTestStore(poolSize = 4): Promise<TestStore> {
  const database = await createDatabaseToMigrate();
  const dataSource = patientDataSource({ url: database.url, applicationName: 'test', poolSize });
  await dataSource.initialize();
  await migrate(dataSource);
  return {
    url: database.url,
    dataSource,
    clear: async () => {
      await dataSource.query(
        'TRUNCATE webhook_messages, webhook_receivers, operator_actions, pending_departures, kept_answers, staged_pages, staged_records, provider_changes, rejected_records, partner_calls, providers, sync_runs',
      );
    },
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

/**
 * Opens a test store for the tests of a file or of a `describe`. Each test begins with empty tables, unless they
 * keep the rows that the first hooks wrote.
 */
export function useStore({ poolSize = 4, keepRows = false } = {}): TestStore {
  const store = useOpened(
    () => openTestStore(poolSize),
    ({ close }) => close(),
  );
  if (!keepRows) beforeEach(() => store.clear());
  afterEach(() => expectExactCounts(store.dataSource));
  return store;
}

/** A checked record. The same `key` means the same provider. */
export function provider(key: string, fields: Partial<CheckedProvider> = {}): CheckedProvider {
  return {
    identityKey: createHash('sha256').update(key).digest('hex'),
    givenName: `Given ${key}`,
    familyName: `Family ${key}`,
    title: 'Dr.',
    clinic: 'North Clinic',
    attributes: {},
    ...fields,
  };
}

export function answer(
  providers: readonly CheckedProvider[],
  fields: Partial<CheckedAnswer> = {},
): CheckedAnswer {
  return {
    received: providers.length,
    providers,
    rejected: [],
    duplicates: 0,
    unknownFields: [],
    vanishedFields: [],
    ...fields,
  };
}

export function call(fields: Partial<PartnerCall> = {}): PartnerCall {
  return {
    endpoint: 'auth',
    attempt: 1,
    scheduledAt: '2026-01-02T03:04:05.670Z',
    startedAt: '2026-01-02T03:04:05.678Z',
    tookMs: 12,
    httpStatus: 200,
    bytes: 0,
    outcome: 'ok',
    detail: null,
    ...fields,
  };
}

export function opening(fields: Partial<RunStart> = {}): RunStart {
  return { partner: 'noteworth', trigger: 'cli', workflowId: 'sync', temporalRunId: randomUUID(), ...fields };
}

/** Opens a run of a partner that no other run holds. */
export async function openedRun(dataSource: DataSource, fields: Partial<RunStart> = {}): Promise<string> {
  const run = await openRun(dataSource, opening(fields), async () => true);
  if (run.status !== 'opened') throw new Error('the partner is held by another run');
  return run.id;
}

/** Runs a whole sync with these records. */
export async function sync(
  dataSource: DataSource,
  feed: Feed,
  providers: readonly CheckedProvider[],
  partner = 'noteworth',
): Promise<{ runId: string; counts: SyncCounts }> {
  const runId = await openedRun(dataSource, { partner });
  const counts = await saveSync(dataSource, { runId, partner, feed, answer: answer(providers), calls: [] });
  return { runId, counts };
}
