import { noopMetricMeter } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createDependencies } from '../../../activities/dependencies';
import { createPersistProviders } from '../../../activities/persist-providers';
import type { PersistProvidersInput } from '../../../src/contract/activities';
import { mappingHash } from '../../../src/partner/config/mapping-hash';
import { createLogger } from '../../../src/process/logger';
import { payloadKeysSchema } from '../../../src/process/payload-keys';
import { getRun } from '../../../src/store/runs/read-runs';
import { createWorkerMetrics } from '../../../src/temporal/metrics/worker-metrics';
import { key } from '../../support/configuration';
import { KEEP_ALL } from '../../support/engine';
import { partnerWith } from '../../support/partners';
import { type PageRecord, stageRecords } from '../../support/staging';
import { openedRun, provider, useStore } from '../../support/store-fixtures';
import { storedRows } from '../../support/stored-rows';

describe('persistProviders of a staged answer', () => {
  const store = useStore();
  const { count } = storedRows(store);
  const partner = partnerWith({ providers: { minimumCount: 2 } });
  const rejected = { reason: 'NotAnObject', field: null, raw: '7' } as const;

  async function persist(
    pages: readonly (readonly PageRecord[])[],
    staged: Partial<Extract<PersistProvidersInput, { staged: unknown }>['staged']> = {},
  ) {
    const runId = await openedRun(store.dataSource);
    for (const [index, records] of pages.entries()) {
      await stageRecords(store.dataSource, runId, index + 1, records);
    }
    const activity = createPersistProviders(
      createDependencies({
        partners: new Map([['noteworth', partner]]),
        webhooks: new Map(),
        dataSource: store.dataSource,
        temporal: {} as Parameters<typeof createDependencies>[0]['temporal'],
        log: createLogger('silent'),
        payloadKeys: payloadKeysSchema.parse(key('k1')),
        metrics: createWorkerMetrics(noopMetricMeter, [], []),
        retention: KEEP_ALL,
      }),
    );
    const received = pages.flat().length;
    const result = new MockActivityEnvironment().run(activity, {
      runId,
      partner: 'noteworth',
      staged: {
        pages: pages.length,
        received,
        total: null,
        next: null,
        mappingHash: mappingHash(partner),
        ...staged,
      },
      calls: [],
      approval: null,
    });
    return { runId, result };
  }

  it('stores all pages', async () => {
    const { runId, result } = await persist([
      [provider('a'), provider('b')],
      [provider('a'), provider('c')],
    ]);
    expect(await result).toMatchObject({ runId, received: 4, inserted: 3, duplicates: 1 });
    expect(await count('providers')).toBe(3);
  });

  it('fails as UnusableAnswer by the limits of the partner, and keeps what was rejected', async () => {
    const { runId, result } = await persist([[provider('a'), rejected], [rejected]]);
    await expect(result).rejects.toMatchObject({ type: 'UnusableAnswer', nonRetryable: true });
    expect(await getRun(store.dataSource, runId)).toMatchObject({ received: 3, rejected: 2 });
    expect(await count('rejected_records')).toBe(2);
  });

  it.each([
    ['StagedRecordsMissing if a page is missing', { pages: 3 }, 'StagedRecordsMissing'],
    ['PartnerChanged if the pages were read in another way', { mappingHash: 'other' }, 'PartnerChanged'],
  ])('fails as %s', async (_, staged, type) => {
    const { result } = await persist([[provider('a')], [provider('b')]], staged);
    await expect(result).rejects.toMatchObject({ type, nonRetryable: true });
    expect(await count('providers')).toBe(0);
  });
});
