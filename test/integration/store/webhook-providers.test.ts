import { saveSync } from '../../../src/store/save/save-sync';
import { readChangedProviders } from '../../../src/store/webhooks/read-changed-providers';
import { reportedRuns } from '../../support/reported-runs';
import { answer, openedRun, provider, useStore } from '../../support/store-fixtures';

const store = useStore();
const { succeed } = reportedRuns(store);

describe('the providers that a run changed', () => {
  it('come in parts in the order of their ids, with what happened to them', async () => {
    const keys = Array.from({ length: 1_203 }, (_, index) => `p${index}`);
    const runId = await succeed(keys);
    const seen: string[] = [];
    let after: string | null = null;
    const sizes: number[] = [];
    for (let isLast = false; !isLast; ) {
      const part: Awaited<ReturnType<typeof readChangedProviders>> = await readChangedProviders(
        store.dataSource,
        runId,
        after,
      );
      sizes.push(part.providers.length);
      seen.push(...part.providers.map(({ id }) => id));
      after = seen.at(-1) ?? null;
      isLast = part.isLast;
    }
    expect(sizes).toEqual([500, 500, 203]);
    expect(new Set(seen).size).toBe(1_203);
    expect(seen).toEqual([...seen].sort());
  });

  it('are changed, have left, or came back', async () => {
    const rule = { maximumDeparted: 1, approveWithin: 1_000, approval: null };
    const save = async (providers: readonly ReturnType<typeof provider>[]) => {
      const runId = await openedRun(store.dataSource);
      const saving = { runId, partner: 'noteworth', feed: 'snapshot', calls: [], rule } as const;
      await saveSync(store.dataSource, { ...saving, answer: answer(providers) });
      return (await readChangedProviders(store.dataSource, runId, null)).providers.map(({ change, fields }) =>
        `${change} ${fields?.join() ?? ''}`.trim(),
      );
    };
    expect(await save([provider('a'), provider('b')])).toEqual(['added', 'added']);
    const attributes = { 'likes.tea': 'yes', phone: '1' };
    expect(await save([provider('a', { title: 'PA', clinic: 'South', attributes })])).toEqual(
      expect.arrayContaining(['changed attributes,clinic,title', 'left']),
    );
    expect(await save([provider('a', { title: 'PA', clinic: 'South', attributes }), provider('b')])).toEqual([
      'returned',
    ]);
  });
});
