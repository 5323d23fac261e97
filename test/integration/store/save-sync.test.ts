import fc from 'fast-check';
import type { CheckedProvider, Feed } from '../../../src/contract/answer';
import { getRun } from '../../../src/store/runs/read-runs';
import { saveSync } from '../../../src/store/save/save-sync';
import { answer, call, openedRun, provider, sync, useStore } from '../../support/store-fixtures';
import { saveInput, storedRows } from '../../support/stored-rows';

describe('saveSync', () => {
  const store = useStore();
  const { changes, count, directory, find } = storedRows(store);

  describe('for any feed', () => {
    it.each<Feed>(['sample', 'snapshot'])('stores the records of a %s as they were sent', async (feed) => {
      const sent = provider('a', {
        givenName: 'Zoë\t"Z"',
        familyName: "O'Neill\\N\n𝒳",
        title: null,
        clinic: null,
        attributes: { npi: '12', languages: ['en', null], nested: { deep: 'a\\b\tc' } },
      });
      const { runId, counts } = await sync(store.dataSource, feed, [sent]);
      expect(counts).toEqual({
        received: 1,
        inserted: 1,
        updated: 0,
        unchanged: 0,
        duplicates: 0,
        rejected: 0,
        departed: 0,
      });
      const { identityKey: _, ...fields } = sent;
      expect(await directory()).toEqual([expect.objectContaining({ ...fields, partner: 'noteworth' })]);
      expect(await changes()).toEqual([]);
      expect(await getRun(store.dataSource, runId)).toMatchObject({ status: 'succeeded', ...counts });
    });

    it('reads any text back as it was sent', async () => {
      const text = fc
        .string({ unit: 'binary', minLength: 1 })
        .filter((value) => value.isWellFormed() && !value.includes('\0'));
      const records = fc.sample(
        fc.record({
          givenName: text,
          familyName: text,
          title: fc.option(text),
          attributes: fc.dictionary(text, text),
        }),
        300,
      );
      const sent = records.map((fields, index) => provider(`p${index}`, { ...fields, clinic: `${index}` }));
      await sync(store.dataSource, 'sample', sent);
      const stored = new Map((await directory()).map((item) => [item.clinic, item]));
      for (const { identityKey: _, ...fields } of sent) {
        expect(stored.get(fields.clinic)).toMatchObject(fields);
      }
    });

    it('stores names that are too long for an index', async () => {
      const long = Array.from({ length: 40_000 }, (_, index) => String.fromCodePoint(0x20000 + index)).join(
        '',
      );
      await sync(store.dataSource, 'sample', [
        provider('a', { givenName: long, familyName: long, clinic: long }),
      ]);
      expect((await directory())[0]?.familyName).toBe(long);
    });

    it.each<Feed>(['sample', 'snapshot'])('keeps every change of a field in a %s', async (feed) => {
      await sync(store.dataSource, feed, [
        provider('a', { title: 'PA', attributes: { kept: 1, dropped: 'x', changed: [1] } }),
        provider('b'),
      ]);
      const before = await find('a');
      const { runId, counts } = await sync(store.dataSource, feed, [
        provider('a', {
          givenName: 'Given a.',
          familyName: 'FAMILY A',
          title: null,
          clinic: 'South Clinic',
          attributes: { kept: 1, added: null, changed: [2] },
        }),
        provider('b'),
      ]);
      expect(counts).toMatchObject({ inserted: 0, updated: 1, unchanged: 1 });
      expect(await changes()).toEqual(
        [
          { field: 'attributes.added', before: null, after: null },
          { field: 'attributes.changed', before: [1], after: [2] },
          { field: 'attributes.dropped', before: 'x', after: null },
          { field: 'clinic', before: 'North Clinic', after: 'South Clinic' },
          { field: 'familyName', before: 'Family a', after: 'FAMILY A' },
          { field: 'givenName', before: 'Given a', after: 'Given a.' },
          { field: 'title', before: 'PA', after: null },
        ].map((change) => ({ runId, ...change })),
      );
      const after = await find('a');
      expect(after).toMatchObject({ id: before?.id, title: null, firstSeenAt: before?.firstSeenAt });
      expect(after?.lastChangedAt).not.toBe(before?.lastChangedAt);
      expect((await find('b'))?.lastChangedAt).toBe(before?.firstSeenAt);
    });

    it.each<[string, Partial<CheckedProvider>]>([
      ['givenName', { givenName: 'GIVEN A' }],
      ['familyName', { familyName: 'FAMILY A' }],
      ['title', { title: null }],
      ['clinic', { clinic: null }],
      ['attributes.npi', { attributes: { npi: '13' } }],
    ])('notices a change of %s alone', async (field, changed) => {
      const record = provider('a', { attributes: { npi: '12' } });
      await sync(store.dataSource, 'snapshot', [record]);
      const { counts } = await sync(store.dataSource, 'snapshot', [{ ...record, ...changed }]);
      expect(counts).toMatchObject({ updated: 1, unchanged: 0 });
      expect(await changes()).toEqual([expect.objectContaining({ field })]);
      expect(await directory()).toEqual([expect.objectContaining(changed)]);
    });

    it('stores rejected records, calls and fields that appeared or vanished with the run', async () => {
      const runId = await openedRun(store.dataSource);
      const rejected = [
        { position: 1, reason: 'NullField', field: 'name_given', raw: '{"name_given":null}' },
        { position: 4, reason: 'NotAnObject', field: null, raw: '"\\u0000"' },
      ] as const;
      const calls = [
        call({ tookMs: 1.4 }),
        call({ endpoint: 'providers', startedAt: '2026-01-02T03:04:06.000Z' }),
      ];
      await saveSync(
        store.dataSource,
        saveInput(runId, {
          answer: answer([provider('a')], {
            received: 5,
            rejected,
            duplicates: 2,
            unknownFields: ['npi'],
            vanishedFields: ['title'],
          }),
          calls,
        }),
      );
      expect(await getRun(store.dataSource, runId)).toMatchObject({
        received: 5,
        inserted: 1,
        duplicates: 2,
        rejected: 2,
        unknownFields: ['npi'],
        vanishedFields: [],
        remarks: [
          { type: 'FieldNeverSent', field: 'title', message: expect.stringContaining('has never sent') },
        ],
        calls: [{ ...calls[0], tookMs: 1 }, calls[1]],
      });
      expect(
        await store.dataSource.query(
          'SELECT run_id, partner, position, reason, field, raw FROM rejected_records ORDER BY position',
        ),
      ).toEqual(rejected.map((record) => ({ run_id: runId, partner: 'noteworth', ...record })));
    });

    it('keeps partners apart', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a')], 'one');
      await sync(store.dataSource, 'snapshot', [provider('b')], 'two');
      const { counts } = await sync(store.dataSource, 'snapshot', [provider('a')], 'two');
      expect(counts).toMatchObject({ inserted: 1, departed: 1 });
      expect(await count('providers')).toBe(3);
    });
  });
});
