import { randomUUID } from 'node:crypto';
import { readSizes } from '../../../src/store/directory/read-stats';
import { eraseProvider } from '../../../src/store/erase/erase-provider';
import { listErasures } from '../../../src/store/erase/read-erasures';
import type { Subscriptions } from '../../../src/store/webhooks/subscriptions';
import { ADA, BO, erasing, PAYLOAD_KEYS } from '../../support/erasing';
import { tablesWith } from '../../support/find-in-tables';
import { rejection } from '../../support/rejected';
import { until } from '../../support/scenario';
import { openedRun, useStore } from '../../support/store-fixtures';
import { storedRows } from '../../support/stored-rows';

const store = useStore();
const { directory, count, find } = storedRows(store);
const { sync, erase, names } = erasing(store);

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
      payloadKeys: PAYLOAD_KEYS,
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
    const withReason = (reason: string) => erase(randomUUID(), PAYLOAD_KEYS, person?.id, reason);
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
    const asked = erase(randomUUID(), PAYLOAD_KEYS, undefined, 'asked by 李');
    await expect(asked).rejects.toMatchObject({ type: 'InvalidInput' });
  });

  it('returns the receipt of the first time to each later request, and null for an unknown person', async () => {
    await sync([ADA]);
    const erasureId = randomUUID();
    const id = (await find('ada'))?.id ?? '';
    const first = await erase(erasureId, PAYLOAD_KEYS, id);
    expect(first).not.toBeNull();
    expect(await erase(erasureId, PAYLOAD_KEYS, id)).toEqual(first);
    expect(await erase(randomUUID(), PAYLOAD_KEYS, id)).toEqual(first);
    expect(await erase(randomUUID(), PAYLOAD_KEYS, randomUUID())).toBeNull();
    expect(await count('erasures')).toBe(1);
  });

  it('returns the same receipt to two requests at the same time', async () => {
    await sync([ADA]);
    const id = (await find('ada'))?.id ?? '';
    const [first, second] = await Promise.all([
      erase(randomUUID(), PAYLOAD_KEYS, id),
      erase(randomUUID(), PAYLOAD_KEYS, id),
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
