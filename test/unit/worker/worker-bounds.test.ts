import { workerBounds } from '../../../src/worker/worker-bounds';

describe.each([1, 16, 200])('a worker that runs %i syncs at the same time', (maxConcurrentSyncs) => {
  const { options, poolSize } = workerBounds(maxConcurrentSyncs);

  it('has a connection to Postgres for everything that may need one at the same time', () => {
    const { maxConcurrentActivityTaskExecutions = 0, maxConcurrentLocalActivityExecutions = 0 } = options;
    expect(maxConcurrentActivityTaskExecutions).toBe(maxConcurrentSyncs);
    expect(poolSize).toBe(maxConcurrentActivityTaskExecutions + maxConcurrentLocalActivityExecutions);
  });

  it('has more cached runs than concurrent ones', () => {
    const { maxCachedWorkflows = 0, maxConcurrentWorkflowTaskExecutions = 0 } = options;
    expect(maxCachedWorkflows).toBeGreaterThan(maxConcurrentWorkflowTaskExecutions);
    expect(maxCachedWorkflows).toBeGreaterThan(maxConcurrentSyncs);
  });
});
