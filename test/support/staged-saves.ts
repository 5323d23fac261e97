import type { Feed } from '../../src/contract/answer';
import { listRejectedRecords } from '../../src/store/directory/read-rejected-records';
import { saveSync } from '../../src/store/save/save-sync';
import { type PageRecord, pagedAnswer, stageRecords } from './staging';
import { openedRun, type TestStore } from './store-fixtures';
import { saveInput } from './stored-rows';

/** Saves staged pages in a store. */
export function stagedSaves(store: TestStore) {
  async function stageAll(pages: readonly (readonly PageRecord[])[]): Promise<string> {
    const runId = await openedRun(store.dataSource);
    for (const [index, records] of pages.entries()) {
      await stageRecords(store.dataSource, runId, index + 1, records);
    }
    return runId;
  }

  async function savePages(feed: Feed, pages: readonly (readonly PageRecord[])[], limits = {}) {
    const runId = await stageAll(pages);
    const save = saveInput(runId, { feed, answer: pagedAnswer(pages, limits) });
    const counts = await saveSync(store.dataSource, save);
    return { runId, counts, save };
  }

  const rejectedOf = async (runId: string) =>
    (await listRejectedRecords(store.dataSource, { runId, limit: 100 })).items
      .map(({ record, reason, field, raw }) => ({ position: record - 1, reason, field, raw }))
      .sort((a, b) => a.position - b.position);

  return { stageAll, savePages, rejectedOf };
}
