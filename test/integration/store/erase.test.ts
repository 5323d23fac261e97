import { randomBytes, randomUUID } from 'node:crypto';
import type { CheckedProvider } from '../../../src/contract/answer';
import { payloadKeysSchema } from '../../../src/process/payload-keys';
import { readSizes } from '../../../src/store/directory/read-stats';
import { eraseProvider } from '../../../src/store/erase/erase-provider';
import { listErasures } from '../../../src/store/erase/read-erasures';
import { renewSuppressionSeal } from '../../../src/store/erase/suppression-key';
import { uneraseProvider } from '../../../src/store/erase/unerase-provider';
import { closeRun } from '../../../src/store/runs/close-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { type SaveSyncInput, saveSync } from '../../../src/store/save/save-sync';
import type { IterableAnswer } from '../../../src/store/save/stage-providers';
import type { Subscriptions } from '../../../src/store/webhooks/subscriptions';
import { tablesWith } from '../../support/find-in-tables';
import { rejection } from '../../support/rejected';
import { until } from '../../support/scenario';
import { answer, openedRun, provider, useStore } from '../../support/store-fixtures';
import { storedRows } from '../../support/stored-rows';

const store = useStore();
const { directory, count, find } = storedRows(store);

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const [K1, K2, K3] = [key('k1'), key('k2'), key('k3')];
const keysOf = (...keys: string[]) => payloadKeysSchema.parse(keys.join(','));
const payloadKeys = keysOf(K1);

const COPY = {
  copy: { parts: [Buffer.from('sealed').toString('base64')], sha256: 'ab'.repeat(32) },
  keepFor: 60_000,
};

beforeEach(() => store.dataSource.query('TRUNCATE suppressed_people, erasures, suppression_keys'));

/** Runs a whole sync. Each person is kept under its key. */
async function sync(
  providers: CheckedProvider[],
  fields: Partial<SaveSyncInput> = {},
  rejected: readonly ReturnType<typeof rejection>[] = [],
) {
  const runId = await openedRun(store.dataSource);
  const whole = {
    ...answer(providers, { received: providers.length + rejected.length }),
    rejected: rejected.map((record, position) => ({ ...record, position })),
  } satisfies IterableAnswer;
  await saveSync(store.dataSource, {
    ...{ runId, partner: 'noteworth', feed: 'sample', calls: [], payloadKeys, keep: COPY },
    ...{ answer: whole, ...fields },
  });
  const run = await getRun(store.dataSource, runId);
  if (!run) throw new Error('no run');
  return run;
}

const ADA = provider('ada');
const BO = provider('bo');
const names = async () => (await directory()).map(({ givenName }) => givenName);

async function erase(
  erasureId = randomUUID(),
  keys = payloadKeys,
  providerId?: string,
  reason: string | null = 'Ticket 7',
) {
  const id = providerId ?? (await find('ada'))?.id ?? '';
  return eraseProvider(store.dataSource, {
    ...{ erasureId, providerId: id, by: 'zoe', reason, payloadKeys: keys },
    identityKeyOf: () => null,
  });
}

describe('erasing a person', () => {
  it('is reported to receivers of webhooks, once and without a name', async () => {
    await sync([ADA, BO]);
    const providerId = (await find('ada'))?.id ?? '';
    const subscriptions = JSON.stringify([
      { receiver: 'archive', event: 'provider.erased', partners: null },
    ]) as Subscriptions;
    const erasure = {
      providerId,
      by: null,
      reason: null,
      payloadKeys,
      subscriptions,
      identityKeyOf: () => null,
    };
    const receipt = await eraseProvider(store.dataSource, { ...erasure, erasureId: randomUUID() });
    expect(await eraseProvider(store.dataSource, { ...erasure, erasureId: randomUUID() })).toEqual(receipt);
    expect(await store.dataSource.query('SELECT subject_id, data FROM webhook_messages')).toEqual([
      { subject_id: providerId, data: { erasureId: receipt?.id } },
    ]);
  });

  it('shows in the counts of the directory at once', async () => {
    await sync([ADA, BO]);
    const total = async () => (await readSizes(store.dataSource)).get('noteworth')?.total;
    expect(await total()).toBe(2);
    await erase();
    expect(await total()).toBe(1);
  });

  it('removes the person, the history, the records about it and the kept answers, and keeps the others', async () => {
    await sync([ADA, BO]);
    await sync([{ ...ADA, title: 'NP' }, BO], {}, [
      rejection('ada', { raw: '{"name":"Given ada"}' }),
      rejection(null, { givenName: ADA.givenName, familyName: ADA.familyName, raw: '"Given ada"' }),
      rejection(null, { givenName: null, familyName: null, raw: '["Given ada","Family ada"]' }),
      rejection('bo'),
    ]);
    const id = (await find('ada'))?.id;
    const receipt = await erase();
    expect(receipt).toEqual({
      id: expect.any(String),
      providerId: id,
      partner: 'noteworth',
      erasedAt: expect.any(String),
      erasedBy: 'zoe',
      reason: 'Ticket 7',
      removed: { providers: 1, changes: 1, rejectedRecords: 3, stagedRecords: 0, keptAnswers: 2 },
      liftedAt: null,
      liftedBy: null,
    });
    expect(await names()).toEqual(['Given bo']);
    expect([await count('kept_answers'), await count('rejected_records')]).toEqual([0, 1]);
    expect(await tablesWith(store.dataSource, 'Given ada')).toEqual([]);
    expect(await tablesWith(store.dataSource, 'Given bo')).not.toEqual([]);
    expect((await listErasures(store.dataSource, { limit: 5 })).items).toEqual([receipt]);
  });

  it('is refused with a reason that holds a word of the name, in any spelling', async () => {
    const [givenName, familyName] = ['Zoë A.', "García O'Brien Müller"];
    await sync([{ ...ADA, givenName, familyName }]);
    const [person] = await directory();
    const withReason = (reason: string) => erase(randomUUID(), payloadKeys, person?.id, reason);
    for (const reason of [
      'García asked',
      'GARCIA, who asked',
      'Asked by zoe!',
      "Zoe's request",
      'for O’Brien',
      'for obrien',
      'for Brien',
      'Mueller asked',
      'Muller asked',
      'Mu\u0308ller asked',
    ]) {
      await expect(withReason(reason)).rejects.toMatchObject({ type: 'InvalidInput' });
    }
    expect(await names()).toEqual([givenName]);
    expect(await withReason('A letter of Garcias')).toMatchObject({ reason: 'A letter of Garcias' });
  });

  it('is refused with a reason that holds a name of one letter', async () => {
    await sync([{ ...ADA, familyName: '李' }]);
    const asked = erase(randomUUID(), payloadKeys, undefined, 'asked by 李');
    await expect(asked).rejects.toMatchObject({ type: 'InvalidInput' });
  });

  it('returns the receipt of the first time to each later request, and null for an unknown person', async () => {
    await sync([ADA]);
    const erasureId = randomUUID();
    const id = (await find('ada'))?.id ?? '';
    const first = await erase(erasureId, payloadKeys, id);
    expect(first).not.toBeNull();
    expect(await erase(erasureId, payloadKeys, id)).toEqual(first);
    expect(await erase(randomUUID(), payloadKeys, id)).toEqual(first);
    expect(await erase(randomUUID(), payloadKeys, randomUUID())).toBeNull();
    expect(await count('erasures')).toBe(1);
  });

  it('returns the same receipt to two requests at the same time', async () => {
    await sync([ADA]);
    const id = (await find('ada'))?.id ?? '';
    const [first, second] = await Promise.all([
      erase(randomUUID(), payloadKeys, id),
      erase(randomUUID(), payloadKeys, id),
    ]);
    expect(first).not.toBeNull();
    expect(second).toEqual(first);
  });

  it('empties what a running run has staged of the person', async () => {
    await sync([ADA]);
    const runId = await openedRun(store.dataSource);
    await store.dataSource.query(
      `INSERT INTO staged_records (run_id, page, position, identity_key, given_name, family_name, attributes, reason, raw)
       VALUES ($1, 1, 0, decode($2, 'hex'), 'Given ada', 'Family ada', '{}', NULL, NULL),
         ($1, 1, 1, NULL, 'Given ada', 'Family ada', NULL, 'MissingField', '"Given ada"')`,
      [runId, ADA.identityKey],
    );
    expect(await erase()).toMatchObject({ removed: { stagedRecords: 2 } });
    expect(await tablesWith(store.dataSource, 'Given ada')).toEqual([]);
  });

  it('waits for an answer of the partner that is being stored', async () => {
    await sync([ADA]);
    const holder = store.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('LOCK TABLE providers IN EXCLUSIVE MODE');
    const saving = sync([ADA, BO]);
    const waits = async (words: string) => {
      const rows = await store.dataSource.query(
        `SELECT FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND strpos(query, $1) > 0`,
        [words],
      );
      return rows.length > 0;
    };
    // Postgres shows the beginning of a statement only.
    await until(() => waits('WITH '));
    const erasing = erase();
    await until(() => waits('pg_advisory_xact_lock('));
    await holder.rollbackTransaction();
    await holder.release();
    await saving;
    expect(await erasing).toMatchObject({ removed: { providers: 1 } });
    expect(await names()).toEqual(['Given bo']);
  });
});

describe('an erased person', () => {
  it('is left out of the next answers, which the run counts', async () => {
    await sync([ADA, BO]);
    await erase();
    const run = await sync([ADA, BO], {}, [
      rejection('ada', { raw: '"Given ada"' }),
      rejection(null, { givenName: ' GIVEN  ada', familyName: 'family Ada', raw: '"Given ada"' }),
      rejection('bo'),
    ]);
    expect(run).toMatchObject({ received: 5, inserted: 0, updated: 0, unchanged: 1, rejected: 1 });
    expect(run.remarks).toMatchObject([
      { type: 'PeopleSuppressed', count: 3, message: '3 records of erased people were left out.' },
    ]);
    expect(run.answerKeptUntil).toBeNull();
    expect(await tablesWith(store.dataSource, 'Given ada')).toEqual([]);
    expect(await names()).toEqual(['Given bo']);
  });

  it('does not keep the answers without the person from being kept', async () => {
    await sync([ADA, BO]);
    await erase();
    const run = await sync([BO]);
    expect([run.remarks, run.answerKeptUntil]).toEqual([[], expect.any(String)]);
  });

  it('is left out of a snapshot', async () => {
    await sync([ADA, BO], { feed: 'snapshot' });
    await erase();
    expect(await sync([ADA, BO], { feed: 'snapshot' })).toMatchObject({ departed: 0, unchanged: 1 });
    expect(await names()).toEqual(['Given bo']);
  });

  it('is left out of the records of an answer that is refused, whose copy is not kept', async () => {
    await sync([ADA]);
    await erase();
    const runId = await openedRun(store.dataSource);
    const refused = {
      ...answer([]),
      rejected: [{ ...rejection('ada', { raw: '"Given ada"' }), position: 0 }],
    };
    const failure = { type: 'UnusableAnswer', message: 'unusable' } as const;
    await closeRun(store.dataSource, {
      ...{ runId, status: 'failed', failure, calls: [], refused, payloadKeys },
      ...COPY,
    });
    expect(await getRun(store.dataSource, runId)).toMatchObject({
      status: 'failed',
      rejected: 0,
      answerKeptUntil: null,
    });
    expect(await tablesWith(store.dataSource, 'Given ada')).toEqual([]);
  });

  it('of one partner may be listed by another', async () => {
    await sync([ADA]);
    await erase();
    const runId = await openedRun(store.dataSource, { partner: 'other' });
    const input = { runId, partner: 'other', feed: 'sample', calls: [], payloadKeys } as const;
    await saveSync(store.dataSource, { ...input, answer: answer([ADA]) });
    expect(await names()).toEqual(['Given ada']);
  });

  it('comes back after a person allowed it', async () => {
    await sync([ADA]);
    const receipt = await erase();
    const lifted = await uneraseProvider(store.dataSource, receipt?.id ?? '', 'yan');
    expect(lifted).toMatchObject({ id: receipt?.id, liftedAt: expect.any(String), liftedBy: 'yan' });
    expect(await uneraseProvider(store.dataSource, receipt?.id ?? '', 'other')).toEqual(lifted);
    expect(await uneraseProvider(store.dataSource, randomUUID(), 'yan')).toBeNull();
    expect(await sync([ADA])).toMatchObject({ inserted: 1, remarks: [] });
  });

  it('is recognised after the payload keys were rotated', async () => {
    await sync([ADA]);
    await erase();
    await renewSuppressionSeal(store.dataSource, keysOf(K2, K1));
    expect(await sync([ADA], { payloadKeys: keysOf(K2) })).toMatchObject({ inserted: 0 });
    expect(await names()).toEqual([]);
  });

  it('keeps answers from being stored while the key is missing', async () => {
    await sync([ADA]);
    await erase();
    await expect(sync([BO], { payloadKeys: keysOf(K3) })).rejects.toMatchObject({
      type: 'StoreUnavailable',
      message: 'The list of erased people cannot be read: PAYLOAD_KEYS does not have the key "k1".',
    });
    expect(await names()).toEqual([]);
  });
});
