import { once } from 'node:events';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { limitWorkflowHeap } from '../../../src/worker/limit-workflow-heap';

const REPORT = `require('node:worker_threads').parentPort.postMessage(require('node:v8').getHeapStatistics())`;

describe('the limit of the heap of workflows', () => {
  it('holds for a thread that starts later, and not for the main thread', async () => {
    // The default. An earlier test of this process may have set the limit.
    setFlagsFromString('--max-semi-space-size=16');
    const main = getHeapStatistics().heap_size_limit;
    const before = await limitOfThread();
    limitWorkflowHeap();
    const after = await limitOfThread();
    expect(before - after).toBeGreaterThanOrEqual(20 * 2 ** 20);
    expect(getHeapStatistics().heap_size_limit).toBe(main);
  });
});

/** Bytes that a new thread may allocate. */
async function limitOfThread(): Promise<number> {
  const thread = new Worker(REPORT, { eval: true });
  const [{ heap_size_limit }] = await once(thread, 'message');
  await thread.terminate();
  return heap_size_limit;
}
