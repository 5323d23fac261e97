import fc from 'fast-check';
import { Client } from 'pg';
import type { CheckedProvider, Feed } from '../../../src/contract/answer';
import { listProviders } from '../../../src/store/directory/read-providers';
import { classifyStoreError, RunSupersededError } from '../../../src/store/postgres/store-failure';
import { closeRun } from '../../../src/store/runs/close-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { type SaveSyncInput, saveSync } from '../../../src/store/save/save-sync';
import { answer, call, openedRun, provider, sync, useStore } from '../../support/store-fixtures';

interface ChangeRow {
  readonly runId: string;
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

describe('saveSync', () => {
  const store = useStore();
  afterEach(() => jest.restoreAllMocks());

  const changes = (): Promise<ChangeRow[]> =>
    store.dataSource.query(
      'SELECT run_id AS "runId", field, before, after FROM provider_changes ORDER BY field, id',
    );

  async function directory() {
    return (await listProviders(store.dataSource, { limit: 1_000_000 })).items;
  }

  async function find(key: string) {
    const { givenName } = provider(key);
    return (await directory()).find((item) => item.givenName.startsWith(givenName));
  }

  async function finishedAt(runId: string) {
    return (await getRun(store.dataSource, runId))?.finishedAt;
  }

  async function count(table: string): Promise<number> {
    const [row]: [{ count: number }] = await store.dataSource.query(
      `SELECT count(*)::integer AS count FROM ${table}`,
    );
    return row.count;
  }

  /** Where each row is and which transaction wrote it. */
  const versions = () =>
    store.dataSource.query('SELECT id, ctid::text, xmin::text, xmax::text FROM providers ORDER BY id');

  function input(runId: string, fields: Partial<SaveSyncInput> = {}): SaveSyncInput {
    return { runId, partner: 'noteworth', feed: 'sample', answer: answer([]), calls: [], ...fields };
  }

  describe('for any feed', () => {
    it.each<Feed>(['sample', 'snapshot'])('stores what a %s brings, as it was sent', async (feed) => {
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

    it('stores names longer than an index takes', async () => {
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
    ])('notices a change of nothing but %s', async (field, changed) => {
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
        input(runId, {
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

  describe('executed twice', () => {
    it('changes nothing and returns the first counts', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const runId = await openedRun(store.dataSource);
      const save = input(runId, {
        feed: 'snapshot',
        answer: answer([provider('a', { title: 'NP' }), provider('c')], { received: 3, duplicates: 1 }),
        calls: [call()],
      });
      const first = await saveSync(store.dataSource, save);
      const rows = await versions();
      const history = await changes();
      expect(await saveSync(store.dataSource, save)).toEqual(first);
      expect(first).toEqual({
        received: 3,
        inserted: 1,
        updated: 1,
        unchanged: 0,
        duplicates: 1,
        rejected: 0,
        departed: 1,
      });
      expect(await versions()).toEqual(rows);
      expect(await changes()).toEqual(history);
    });

    it('stores once when both executions run at the same time', async () => {
      const runId = await openedRun(store.dataSource);
      const save = input(runId, { answer: answer([provider('a'), provider('b')]), calls: [call()] });
      const [first, ...others] = await Promise.all([1, 2, 3].map(() => saveSync(store.dataSource, save)));
      expect(first).toMatchObject({ inserted: 2 });
      expect(others).toEqual([first, first]);
      expect(await count('providers')).toBe(2);
      expect(await count('partner_calls')).toBe(1);
    });

    it('stores nothing for a run that was ended otherwise', async () => {
      const runId = await openedRun(store.dataSource);
      const failure = { type: 'Cancelled', message: 'Cancelled.' } as const;
      await closeRun(store.dataSource, { runId, status: 'cancelled', failure, calls: [] });
      const save = saveSync(store.dataSource, input(runId, { answer: answer([provider('a')]) }));
      await expect(save).rejects.toThrow(RunSupersededError);
      expect(await count('providers')).toBe(0);
    });

    it('stores nothing for a run that the database does not know', async () => {
      const save = saveSync(store.dataSource, input('00000000-0000-4000-8000-000000000000'));
      await expect(save).rejects.toThrow(RunSupersededError);
    });
  });

  describe('that fails in the middle', () => {
    const twice = [provider('b'), provider('b')];
    const rejectedTwice = [
      { position: 0, reason: 'NotAnObject', field: null, raw: '1' },
      { position: 0, reason: 'NotAnObject', field: null, raw: '2' },
    ] as const;
    function* breaking(): Generator<CheckedProvider> {
      for (let index = 0; index < 5_000; index += 1) yield provider(`p${index}`);
      throw new TypeError('the source broke');
    }

    it.each<[string, SaveSyncInput['answer'], string | null]>([
      ['while it stages', answer([provider('b', { identityKey: 'no hex' })]), 'StoreRejected'],
      ['while its records are read', { ...answer([]), providers: { [Symbol.iterator]: breaking } }, null],
      ['while it merges', answer(twice), 'StoreRejected'],
      ['at its last statement', answer([provider('b')], { rejected: rejectedTwice }), 'StoreRejected'],
    ])('leaves nothing behind %s, and a connection that works', async (_, broken, type) => {
      await sync(store.dataSource, 'snapshot', [provider('a')]);
      const before = await directory();
      const runId = await openedRun(store.dataSource);
      const save = saveSync(
        store.dataSource,
        input(runId, { feed: 'snapshot', answer: broken, calls: [call()] }),
      );
      const error = await save.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(classifyStoreError(error)?.type ?? null).toBe(type);
      expect(await directory()).toEqual(before);
      expect(await changes()).toEqual([]);
      expect(await count('partner_calls')).toBe(0);
      expect((await getRun(store.dataSource, runId))?.status).toBe('running');

      const counts = await saveSync(
        store.dataSource,
        input(runId, { feed: 'snapshot', answer: answer([provider('a'), provider('b')]) }),
      );
      expect(counts).toMatchObject({ inserted: 1, unchanged: 1 });
    });
  });

  describe('for a sample', () => {
    it('leaves those that did not come as they were, and notes the sight of those that came', async () => {
      await sync(store.dataSource, 'sample', [provider('a'), provider('b')]);
      const before = { a: await find('a'), b: await find('b') };
      const { counts } = await sync(store.dataSource, 'sample', [provider('a'), provider('c')]);
      expect(counts).toMatchObject({ inserted: 1, updated: 0, unchanged: 1, departed: 0 });
      expect(await find('b')).toEqual(before.b);
      const a = await find('a');
      expect(a).toEqual({ ...before.a, lastSeenAt: expect.any(String) });
      expect(Date.parse(a?.lastSeenAt ?? '')).toBeGreaterThan(Date.parse(before.a?.lastSeenAt ?? ''));
      expect(await changes()).toEqual([]);
    });
  });

  describe('for a snapshot', () => {
    it('does not touch the row of an unchanged provider, which was last seen by the last good run', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const rows = await versions();
      const { runId, counts } = await sync(store.dataSource, 'snapshot', [provider('b'), provider('a')]);
      expect(counts).toMatchObject({ inserted: 0, updated: 0, unchanged: 2, departed: 0 });
      expect(await versions()).toEqual(rows);
      expect((await find('a'))?.lastSeenAt).toBe(await finishedAt(runId));
    });

    it('takes nobody to have left while a record could not be used, since it may be anybody', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const runId = await openedRun(store.dataSource);
      const rejected = [{ position: 1, reason: 'NullField', field: 'title', raw: '{}' } as const];
      const counts = await saveSync(
        store.dataSource,
        input(runId, { feed: 'snapshot', answer: answer([provider('a')], { received: 2, rejected }) }),
      );
      expect(counts).toMatchObject({ unchanged: 1, rejected: 1, departed: 0 });
      expect(await changes()).toEqual([]);
      const next = await sync(store.dataSource, 'snapshot', [provider('a')]);
      expect(next.counts).toMatchObject({ unchanged: 1, departed: 1 });
    });

    it('notes who left, with the last sight, and who returned', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const last = await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const left = await sync(store.dataSource, 'snapshot', [provider('a')]);
      expect(left.counts).toMatchObject({ updated: 0, unchanged: 1, departed: 1 });
      const seen = await finishedAt(last.runId);
      expect((await find('b'))?.lastSeenAt).toBe(seen);

      const stillGone = await sync(store.dataSource, 'snapshot', [provider('a')]);
      expect(stillGone.counts).toMatchObject({ unchanged: 1, departed: 0 });
      expect((await find('b'))?.lastSeenAt).toBe(seen);

      const back = await sync(store.dataSource, 'snapshot', [provider('a'), provider('b', { title: 'NP' })]);
      expect(back.counts).toMatchObject({ inserted: 0, updated: 1, unchanged: 1, departed: 0 });
      expect((await find('b'))?.lastSeenAt).toBe(await finishedAt(back.runId));
      expect(await changes()).toEqual([
        { runId: left.runId, field: 'listed', before: true, after: false },
        { runId: back.runId, field: 'listed', before: false, after: true },
        { runId: back.runId, field: 'title', before: 'Dr.', after: 'NP' },
      ]);
    });

    it('does not take a failed run for a sight', async () => {
      const { runId } = await sync(store.dataSource, 'snapshot', [provider('a')]);
      const failure = { type: 'PartnerError', message: 'It failed.' } as const;
      const failed = await openedRun(store.dataSource);
      await closeRun(store.dataSource, { runId: failed, status: 'failed', failure, calls: [] });
      expect((await find('a'))?.lastSeenAt).toBe(await finishedAt(runId));
    });
  });

  describe('after a change of feed', () => {
    it('keeps the last sights of a snapshot when samples follow', async () => {
      await sync(store.dataSource, 'snapshot', [provider('a'), provider('b'), provider('c')]);
      const whole = await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const departed = await find('c');
      const first = await sync(store.dataSource, 'sample', [provider('a')]);
      const second = await sync(store.dataSource, 'sample', [provider('c')]);
      expect(first.counts).toMatchObject({ unchanged: 1, updated: 0 });
      expect((await find('b'))?.lastSeenAt).toBe(await finishedAt(whole.runId));
      expect(second.counts).toMatchObject({ updated: 1 });
      expect((await find('c'))?.lastSeenAt).not.toBe(departed?.lastSeenAt);
    });

    it('takes the list as the whole from the first snapshot on', async () => {
      await sync(store.dataSource, 'sample', [provider('a'), provider('b')]);
      await sync(store.dataSource, 'sample', [provider('a')]);
      const seen = (await find('b'))?.lastSeenAt;
      const first = await sync(store.dataSource, 'snapshot', [provider('a')]);
      expect(first.counts).toMatchObject({ unchanged: 1, updated: 0, departed: 1 });
      expect((await find('b'))?.lastSeenAt).toBe(seen);
      const rows = await versions();
      const second = await sync(store.dataSource, 'snapshot', [provider('a')]);
      expect(await versions()).toEqual(rows);
      expect((await find('a'))?.lastSeenAt).toBe(await finishedAt(second.runId));
    });

    it('does not let a failed run in between hide the change', async () => {
      const whole = await sync(store.dataSource, 'snapshot', [provider('a'), provider('b')]);
      const failure = { type: 'PartnerError', message: 'It failed.' } as const;
      const failed = await openedRun(store.dataSource);
      await closeRun(store.dataSource, { runId: failed, status: 'failed', failure, calls: [] });
      await sync(store.dataSource, 'sample', [provider('a')]);
      await sync(store.dataSource, 'sample', [provider('a')]);
      expect((await find('b'))?.lastSeenAt).toBe(await finishedAt(whole.runId));
    });
  });

  describe('of many records', () => {
    const MANY = 10_000;
    const records = (length: number) => Array.from({ length }, (_, index) => provider(`p${index}`));

    /** Statements sent to Postgres while the work is done, COPY included. */
    async function statements(work: () => Promise<unknown>): Promise<number> {
      const query = jest.spyOn(Client.prototype, 'query');
      await work();
      const { length } = query.mock.calls;
      query.mockRestore();
      return length;
    }

    it.each<Feed>(['sample', 'snapshot'])('takes as many statements as of ten, in a %s', async (feed) => {
      const ten = await statements(() => sync(store.dataSource, feed, records(10)));
      await store.clear();

      const many = records(MANY);
      expect(
        await statements(async () => {
          const { counts } = await sync(store.dataSource, feed, many);
          expect(counts).toMatchObject({ inserted: MANY, updated: 0, unchanged: 0 });
        }),
      ).toBe(ten);
      expect(
        await statements(async () => {
          const { counts } = await sync(store.dataSource, feed, many);
          expect(counts).toMatchObject({ inserted: 0, updated: 0, unchanged: MANY });
        }),
      ).toBe(ten);
      const some = many.map((record, index) => (index % 100 === 0 ? { ...record, title: 'NP' } : record));
      expect(
        await statements(async () => {
          const { counts } = await sync(store.dataSource, feed, some);
          expect(counts).toMatchObject({ inserted: 0, updated: MANY / 100, unchanged: MANY - MANY / 100 });
        }),
      ).toBe(ten);
      expect(await count('provider_changes')).toBe(MANY / 100);
    });

    it('does not hold more than a few records at once', async () => {
      const runId = await openedRun(store.dataSource);
      let produced = 0;
      function* source(): Generator<CheckedProvider> {
        for (; produced < 80_000; produced += 1) {
          yield provider('p', { identityKey: produced.toString(16).padStart(64, '0') });
        }
      }
      const before = process.memoryUsage().arrayBuffers;
      let most = 0;
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage().arrayBuffers);
      }, 5);
      const { inserted } = await saveSync(
        store.dataSource,
        input(runId, { answer: { ...answer([]), providers: { [Symbol.iterator]: source } } }),
      );
      clearInterval(watch);
      expect(inserted).toBe(80_000);
      expect(most - before).toBeLessThan(4 * 2 ** 20);
    });
  });
});
