import { randomUUID } from 'node:crypto';
import { renewSuppressionSeal } from '../../../src/store/erase/suppression-key';
import { uneraseProvider } from '../../../src/store/erase/unerase-provider';
import { closeRun } from '../../../src/store/runs/close-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { saveSync } from '../../../src/store/save/save-sync';
import { ADA, BO, COPY, erasing, K1, K2, K3, keysOf, PAYLOAD_KEYS } from '../../support/erasing';
import { tablesWith } from '../../support/find-in-tables';
import { rejection } from '../../support/rejected';
import { answer, openedRun, useStore } from '../../support/store-fixtures';

const store = useStore();
const { sync, erase, names } = erasing(store);

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
      ...{ runId, status: 'failed', failure, calls: [], refused, payloadKeys: PAYLOAD_KEYS },
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
    const input = { runId, partner: 'other', feed: 'sample', calls: [], payloadKeys: PAYLOAD_KEYS } as const;
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
