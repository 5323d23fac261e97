import type { CheckedProvider } from '../../../src/contract/answer';
import { closeRun } from '../../../src/store/runs/close-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { saveSync } from '../../../src/store/save/save-sync';
import { stagedSaves } from '../../support/staged-saves';
import { type PageRecord, pagedAnswer, stageRecords } from '../../support/staging';
import { call, openedRun, provider, sync, useStore } from '../../support/store-fixtures';
import { saveInput, storedRows } from '../../support/stored-rows';

describe('saveSync of staged pages', () => {
  const store = useStore();
  const { count, directory, find } = storedRows(store);
  const rejected = { reason: 'NullField', field: 'title', raw: '{"title":null}' } as const;

  const { stageAll, savePages, rejectedOf } = stagedSaves(store);

  it('stores the records of all pages, and removes the pages', async () => {
    const { runId, counts } = await savePages('snapshot', [
      [provider('a'), provider('b')],
      [provider('c'), rejected],
      [],
    ]);
    expect(counts).toMatchObject({ received: 4, inserted: 3, rejected: 1, duplicates: 0 });
    expect(await directory()).toHaveLength(3);
    expect(await rejectedOf(runId)).toEqual([{ position: 3, ...rejected }]);
    expect([await count('staged_pages'), await count('staged_records')]).toEqual([0, 0]);
  });

  it('merges the fields and remarks of the pages', async () => {
    const runId = await openedRun(store.dataSource);
    const remark = (count: number) => ({ type: 'HtmlEntities', field: 'name_family', count }) as const;
    await stageRecords(store.dataSource, runId, 1, [provider('a')], {
      unknownFields: ['npi', 'phone'],
      sentFields: ['name_given', 'name_family'],
      remarks: [remark(2)],
    });
    await stageRecords(store.dataSource, runId, 2, [provider('b')], {
      unknownFields: ['fax', 'npi'],
      sentFields: ['name_given', 'clinic'],
      remarks: [remark(1), { type: 'Mojibake', field: 'clinic', count: 1 }],
    });
    const answer = pagedAnswer([[provider('a')], [provider('b')]]);
    await saveSync(store.dataSource, saveInput(runId, { answer, calls: [call({ page: 2 })] }));
    expect(await getRun(store.dataSource, runId)).toMatchObject({
      unknownFields: ['npi', 'phone', 'fax'],
      remarks: [
        { type: 'FieldNeverSent', field: 'title' },
        { type: 'HtmlEntities', field: 'name_family', count: 3 },
        { type: 'Mojibake', field: 'clinic', count: 1 },
      ],
      calls: [{ page: 2 }],
    });
  });

  it('changes nothing the second time, and returns the first counts', async () => {
    const { counts, save } = await savePages('sample', [[provider('a')], [provider('b')]]);
    expect(await saveSync(store.dataSource, save)).toEqual(counts);
    expect(await count('providers')).toBe(2);
  });

  it.each([
    ['the first', 'DELETE FROM staged_pages WHERE page = 1'],
    ['the last', 'DELETE FROM staged_pages WHERE page = 3'],
    ['one in the middle', 'DELETE FROM staged_pages WHERE page = 2'],
    ['every', 'DELETE FROM staged_pages'],
  ])('stores nothing if %s page is missing', async (_, remove) => {
    const pages = ['a', 'b', 'c'].map((key) => [provider(key)]);
    const runId = await stageAll(pages);
    await store.dataSource.query(remove);
    await expectMissing(runId, pages);
  });

  it.each([
    ['a usable record', 'DELETE FROM staged_records WHERE reason IS NULL'],
    ['a rejected record', 'DELETE FROM staged_records WHERE reason IS NOT NULL'],
  ])('stores nothing if %s is missing', async (_, remove) => {
    const pages = [[provider('a')], [rejected]];
    const runId = await stageAll(pages);
    await store.dataSource.query(remove);
    await expectMissing(runId, pages);
  });

  async function expectMissing(runId: string, pages: readonly (readonly PageRecord[])[]) {
    const save = saveSync(store.dataSource, saveInput(runId, { answer: pagedAnswer(pages) }));
    await expect(save).rejects.toMatchObject({ type: 'StagedRecordsMissing' });
    expect([await count('providers'), await count('rejected_records')]).toEqual([0, 0]);
    expect((await getRun(store.dataSource, runId))?.status).toBe('running');
  }

  describe('with one identity on several pages', () => {
    it('stores equal records once, and those that differ in letter case and white space', async () => {
      const { counts } = await savePages('snapshot', [
        [provider('a'), provider('b', { attributes: { npi: '1', list: [{ code: 'X' }] } })],
        [
          provider('a'),
          provider('b', { givenName: 'GIVEN  B', attributes: { list: [{ code: 'x' }], npi: '1' } }),
        ],
        [provider('a')],
      ]);
      expect(counts).toMatchObject({ received: 5, inserted: 2, duplicates: 3, rejected: 0 });
      expect((await find('b'))?.givenName).toBe('Given b');
    });

    it('rejects all records that differ, with their positions among all records', async () => {
      const { runId, counts } = await savePages('snapshot', [
        [provider('a', { title: 'PA', attributes: { npi: 1 } }), provider('b')],
        [provider('c'), provider('a', { title: 'NP' })],
        [provider('a', { title: 'PA', attributes: { npi: 1 } }), provider('c')],
      ]);
      expect(counts).toMatchObject({ received: 6, inserted: 2, duplicates: 1, rejected: 3 });
      const kept = await rejectedOf(runId);
      expect(kept).toMatchObject(
        [0, 3, 4].map((position) => ({ position, reason: 'ConflictingDuplicate', field: null })),
      );
      expect(JSON.parse(kept[0]?.raw ?? '')).toEqual({
        name_given: 'Given a',
        name_family: 'Family a',
        title: 'PA',
        clinic: 'North Clinic',
        npi: 1,
      });
    });

    it('marks absent people as left, except those whose records conflict', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b'), provider('c')]);
      const { counts } = await savePages('snapshot', [
        [provider('a'), provider('b')],
        [provider('a', { title: 'NP' })],
      ]);
      expect(counts).toMatchObject({ unchanged: 1, rejected: 2, departed: 1 });
    });

    it('marks no one as left if a rejected record of a page may be about anyone', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const { counts } = await savePages('snapshot', [[provider('a')], [rejected]]);
      expect(counts).toMatchObject({ unchanged: 1, rejected: 1, departed: 0 });
    });

    it('settles many of them', async () => {
      const many = (fields: (n: number) => Partial<CheckedProvider>) =>
        Array.from({ length: 25_000 }, (_, n) => provider(`${n}`, fields(n)));
      const { counts } = await savePages('sample', [
        many(() => ({})),
        many((n) => (n % 5 > 0 ? { title: 'NP' } : {})),
      ]);
      expect(counts).toMatchObject({ inserted: 5_000, duplicates: 5_000, rejected: 40_000 });
    });
  });

  describe('of an answer that must not be stored', () => {
    const failure = { type: 'UnusableAnswer', message: 'It cannot be used.' } as const;

    it('stores no provider, and keeps the rejected records and counts with the run', async () => {
      const pages = [
        [provider('a'), provider('a')],
        [rejected, provider('b'), provider('b', { title: 'NP' })],
      ];
      const runId = await stageAll(pages);
      const save = saveInput(runId, { answer: pagedAnswer(pages, { maximumRejected: 0.2 }) });
      for (const attempt of [1, 2]) {
        await expect(saveSync(store.dataSource, save)).rejects.toMatchObject({
          type: 'UnusableAnswer',
          message:
            '3 of 5 records cannot be used: the record is listed twice with different details; neither was stored (2), title is empty (null) (1). At most 20 % may be rejected.',
        });
        expect(await count('rejected_records')).toBe(3 * Math.min(1, attempt));
      }
      expect(await count('providers')).toBe(0);
      await closeRun(store.dataSource, { runId, status: 'failed', failure, calls: [] });
      expect(await getRun(store.dataSource, runId)).toMatchObject({
        status: 'failed',
        failure,
        received: 5,
        duplicates: 1,
        rejected: 3,
        inserted: 0,
      });
      expect((await rejectedOf(runId)).map(({ position }) => position)).toEqual([2, 3, 4]);
      expect([await count('staged_pages'), await count('staged_records')]).toEqual([0, 0]);
    });

    it('names too few different records', async () => {
      const pages = [[provider('a')], [provider('a')]];
      const runId = await stageAll(pages);
      const save = saveSync(
        store.dataSource,
        saveInput(runId, { answer: pagedAnswer(pages, { minimumCount: 2 }) }),
      );
      await expect(save).rejects.toMatchObject({
        type: 'UnusableAnswer',
        message: expect.stringContaining('2 records received, only 1 of them different'),
      });
    });
  });

  describe('for changes', () => {
    it('keeps absent people in the list, also if nothing has changed', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const { counts } = await savePages('changes', [[provider('b', { title: 'NP' }), provider('c')], []]);
      expect(counts).toMatchObject({ inserted: 1, updated: 1, unchanged: 0, departed: 0 });
      const none = await savePages('changes', [[]]);
      expect(none.counts).toMatchObject({ received: 0, inserted: 0, departed: 0 });
      expect(await directory()).toHaveLength(3);
      expect(await directory()).toEqual([1, 2, 3].map(() => expect.objectContaining({ listed: true })));
    });
  });

  describe('that waits for an approval', () => {
    const crowd = (length: number) => Array.from({ length }, (_, n) => provider(`p${n}`));

    it('keeps the pages until the decision, and stores them then', async () => {
      await sync(store.dataSource, 'snapshot', crowd(20));
      const pages = [crowd(1), [provider('new'), provider('new')]];
      const runId = await stageAll(pages);
      const save = saveInput(runId, { feed: 'snapshot', answer: pagedAnswer(pages) });
      const rule = { maximumDeparted: 0.2, approveWithin: 60_000, approval: null };
      const held = await saveSync(store.dataSource, { ...save, rule });
      expect(held).toMatchObject({ status: 'awaiting-approval', departing: 19, listed: 20 });
      expect(await saveSync(store.dataSource, { ...save, rule })).toEqual(held);
      expect([await count('staged_pages'), await count('staged_records')]).toEqual([2, 3]);
      const approval = { verdict: 'approved', by: null, reason: null, at: new Date().toISOString() } as const;
      const counts = await saveSync(store.dataSource, { ...save, rule: { ...rule, approval } });
      expect(counts).toMatchObject({ inserted: 1, unchanged: 1, departed: 19, duplicates: 1 });
      expect([await count('staged_pages'), await count('staged_records')]).toEqual([0, 0]);
    });
  });
});
