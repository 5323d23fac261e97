import { listRejectedRecords } from '../../../src/store/directory/read-rejected-records';
import { closeRun } from '../../../src/store/runs/close-run';
import { saveSync } from '../../../src/store/save/save-sync';
import { rejectingSync, rejection } from '../../support/rejected';
import { pagedAnswer, stageRecords } from '../../support/staging';
import { openedRun, provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();

/** The states of all rejected records, the latest first. */
async function states(): Promise<unknown[]> {
  const { items } = await listRejectedRecords(store.dataSource, { limit: 100 });
  return items.map(({ state, goneByRunId }) => (goneByRunId === null ? state : [state, goneByRunId]));
}

describe('a rejected record', () => {
  it('is open until a later run brings its person', async () => {
    await rejectingSync(store.dataSource, [rejection('a'), rejection('b')]);
    await sync(store.dataSource, 'sample', [provider('c')]);
    expect(await states()).toEqual(['open', 'open']);
    const { runId } = await sync(store.dataSource, 'sample', [provider('a')]);
    expect(await states()).toEqual(['open', ['gone', runId]]);
    await sync(store.dataSource, 'sample', [provider('a')]);
    expect(await states()).toEqual(['open', ['gone', runId]]);
  });

  it.each(['sample', 'snapshot', 'changes'] as const)('goes with a run of a %s', async (feed) => {
    await rejectingSync(store.dataSource, [rejection('a')], [], { feed });
    const { runId } = await sync(store.dataSource, feed, [provider('a'), provider('b')]);
    expect(await states()).toEqual([['gone', runId]]);
  });

  it('stays open if its own run brought the person too', async () => {
    await rejectingSync(store.dataSource, [rejection('a')], [provider('a')]);
    expect(await states()).toEqual(['open']);
    const again = await rejectingSync(store.dataSource, [rejection('a')], [provider('a')]);
    expect(await states()).toEqual(['open', ['gone', again]]);
  });

  it('is not that of another partner', async () => {
    await rejectingSync(store.dataSource, [rejection('a'), rejection(null)], [], { partner: 'one' });
    const named = provider('x', { givenName: 'Given nameless', familyName: 'Family nameless' });
    await sync(store.dataSource, 'sample', [provider('a'), named], 'two');
    expect(await states()).toEqual(['open', 'open']);
  });

  it('stays open if the later run failed', async () => {
    await rejectingSync(store.dataSource, [rejection('a')]);
    const runId = await openedRun(store.dataSource);
    const refused = {
      ...{ received: 1, duplicates: 0, unknownFields: [], vanishedFields: [] },
      rejected: [{ ...rejection('a'), position: 0 }],
    };
    const failure = { type: 'UnusableAnswer', message: 'Too few.' } as const;
    await closeRun(store.dataSource, { runId, status: 'failed', failure, calls: [], refused });
    expect(await states()).toEqual(['open', 'open']);
    const good = await sync(store.dataSource, 'sample', [provider('a')]);
    expect(await states()).toEqual([
      ['gone', good.runId],
      ['gone', good.runId],
    ]);
  });

  it('of a page goes too, with the twins that differed, and by a run with pages', async () => {
    const twins = [provider('twin'), provider('twin', { title: 'NP' })];
    const pages = [[rejection('a'), provider('b')], twins];
    await staged(pages);
    expect(await states()).toEqual(['open', 'open', 'open']);
    const runId = await staged([[provider('a')], [provider('twin')]]);
    expect(await states()).toEqual(Array(3).fill(['gone', runId]));
  });

  it('of a page stays open if its own run brought the person too', async () => {
    await staged([[rejection('a')], [provider('a')]]);
    expect(await states()).toEqual(['open']);
  });

  async function staged(pages: Parameters<typeof pagedAnswer>[0]): Promise<string> {
    const runId = await openedRun(store.dataSource);
    for (const [index, page] of pages.entries()) await stageRecords(store.dataSource, runId, index + 1, page);
    const saving = { runId, partner: 'noteworth', feed: 'changes', calls: [] } as const;
    await saveSync(store.dataSource, { ...saving, answer: pagedAnswer(pages) });
    return runId;
  }
});

describe('a rejected record without an identity', () => {
  const NAME = { givenName: 'Olga', familyName: 'Hernandez' };

  it('is gone when the partner brings its only person of this name', async () => {
    await rejectingSync(store.dataSource, [rejection(null, NAME)], [provider('a')]);
    expect(await states()).toEqual(['open']);
    const { runId } = await sync(store.dataSource, 'sample', [provider('olga', NAME)]);
    expect(await states()).toEqual([['gone', runId]]);
  });

  it('is gone when a person who was stored before comes again', async () => {
    await sync(store.dataSource, 'sample', [provider('olga', NAME)]);
    await rejectingSync(store.dataSource, [rejection(null, NAME)]);
    await sync(store.dataSource, 'sample', [provider('a')]);
    expect(await states()).toEqual(['open']);
    const { runId } = await sync(store.dataSource, 'sample', [provider('olga', NAME)]);
    expect(await states()).toEqual([['gone', runId]]);
  });

  it.each([
    ['two people have the name', [provider('one', NAME), provider('two', NAME)]],
    ['the spelling differs', [provider('one', { ...NAME, familyName: 'Hernández' })]],
    ['only the family name is equal', [provider('one', { ...NAME, givenName: 'Ola' })]],
  ])('stays open if %s', async (_when, providers) => {
    await rejectingSync(store.dataSource, [rejection(null, NAME)]);
    await sync(store.dataSource, 'sample', providers);
    expect(await states()).toEqual(['open']);
  });

  it('stays open for ever if it has no whole name', async () => {
    await rejectingSync(store.dataSource, [
      rejection(null, { ...NAME, givenName: null }),
      rejection(null, { givenName: null, familyName: null }),
    ]);
    await sync(store.dataSource, 'sample', [provider('olga', NAME)]);
    expect(await states()).toEqual(['open', 'open']);
  });
});

describe('an answer that is stored again', () => {
  /** The states of the records of a run. */
  async function statesOf(runId: string): Promise<string[]> {
    const { items } = await listRejectedRecords(store.dataSource, { runId, limit: 100 });
    return items.map(({ record, state, resolvedByRunId }) => `${record} ${state} ${resolvedByRunId}`);
  }

  it('resolves the records of its run, and has those that it rejects again', async () => {
    const other = await rejectingSync(store.dataSource, [rejection('z')]);
    const replayOf = await rejectingSync(store.dataSource, [rejection('a'), rejection('b')], [provider('c')]);
    const replay = await rejectingSync(store.dataSource, [rejection('a')], [provider('b'), provider('c')], {
      replayOf,
    });
    expect(await statesOf(replayOf)).toEqual([`2 resolved ${replay}`, `1 resolved ${replay}`]);
    expect(await statesOf(replay)).toEqual(['1 open null']);
    expect(await statesOf(other)).toEqual(['1 open null']);
    const people = [provider('a'), provider('b'), provider('c')];
    const second = await rejectingSync(store.dataSource, [], people, { replayOf });
    expect((await statesOf(replayOf))[0]).toBe(`2 resolved ${replay}`);
    expect(await statesOf(replay)).toEqual([`1 resolved ${second}`]);
  });

  it('does not bring the person of a record that came later', async () => {
    await rejectingSync(store.dataSource, [rejection('a')]);
    const replayOf = await rejectingSync(store.dataSource, [], [provider('a')]);
    const later = await rejectingSync(store.dataSource, [rejection('a')]);
    await rejectingSync(store.dataSource, [], [provider('a')], { replayOf });
    expect(await statesOf(later)).toEqual(['1 open null']);
    expect(await states()).toEqual(['open', ['gone', replayOf]]);
  });
});
