import type { DataSource } from 'typeorm';
import { migrate } from '../../src/store/migrate/migrate';
import { createDataSource } from '../../src/store/postgres/data-source';
import { classifyStoreError } from '../../src/store/postgres/store-failure';
import { saveSync } from '../../src/store/save/save-sync';
import { stagePage } from '../../src/store/staging/stage-page';
import { type KillableServer, startKillableServer } from '../support/killable-server';
import { pagedAnswer, pageEnd, pageToStage, sliceOf, stageRecords } from '../support/staging';
import { openedRun, provider } from '../support/store-fixtures';
import { saveInput } from '../support/stored-rows';

/* Postgres is killed with SIGKILL while a page is staged, and starts again on its data. */

let postgres: KillableServer;
let dataSource: DataSource;

beforeAll(async () => {
  postgres = await startKillableServer('postgres');
  dataSource = await createDataSource({
    url: postgres.url,
    applicationName: 'test',
    poolSize: 2,
  }).initialize();
  await migrate(dataSource);
});
afterAll(async () => {
  await dataSource?.destroy();
  await postgres?.end();
});

describe('pages that were staged before Postgres was killed', () => {
  it('are still there, and the page in work is staged again', async () => {
    const pages = ['a', 'b', 'c'].map((name) =>
      Array.from({ length: 2_000 }, (_, number) => provider(`${name}${number}`)),
    );
    const [first = [], second = [], third = []] = pages;
    const runId = await openedRun(dataSource);
    await stageRecords(dataSource, runId, 1, first);
    await stageRecords(dataSource, runId, 2, second);
    const interrupted = stagePage(dataSource, pageToStage(runId, 3), {
      async write(writer) {
        await writer.add(sliceOf(third.slice(0, 500)));
        await postgres.kill();
        await writer.add(sliceOf(third.slice(500)));
        return pageEnd(third.length);
      },
      accept: () => undefined,
    });
    const error = await interrupted.catch((reason: unknown) => reason);
    expect(classifyStoreError(error)).toMatchObject({ type: 'StoreUnavailable' });

    await postgres.start();
    expect(await stageRecords(dataSource, runId, 3, third)).toMatchObject({ pages: 3, records: 6_000 });
    const counts = await saveSync(dataSource, saveInput(runId, { answer: pagedAnswer(pages) }));
    expect(counts).toMatchObject({ received: 6_000, inserted: 6_000, duplicates: 0, rejected: 0 });
  });
});
