import { workerBounds } from '../../../src/worker/worker-bounds';

describe.each([1, 16, 200])('a worker that takes on %i syncs at once', (maxConcurrentSyncs) => {
  const { options, poolSize } = workerBounds(maxConcurrentSyncs);

  it('has a connection to Postgres for everything that may want one at once', () => {
    const { maxConcurrentActivityTaskExecutions = 0, maxConcurrentLocalActivityExecutions = 0 } = options;
    expect(maxConcurrentActivityTaskExecutions).toBe(maxConcurrentSyncs);
    expect(poolSize).toBe(maxConcurrentActivityTaskExecutions + maxConcurrentLocalActivityExecutions);
  });

  it('keeps more runs in its cache than it works on', () => {
    const { maxCachedWorkflows = 0, maxConcurrentWorkflowTaskExecutions = 0 } = options;
    expect(maxCachedWorkflows).toBeGreaterThan(maxConcurrentWorkflowTaskExecutions);
    expect(maxCachedWorkflows).toBeGreaterThan(maxConcurrentSyncs);
  });
});
