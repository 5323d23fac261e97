import { setFlagsFromString } from 'node:v8';

/** Megabytes. Without a limit, V8 takes up to 16 for each half of the space for new objects. Workflows create few. */
const SEMI_SPACE = 2;

/**
 * Limits the memory for new objects in the thread of the workflows, which else grows by 20 MB in a run with many pages.
 * Call it before the worker is created: V8 reads this flag when a thread starts. The main thread keeps its own limit.
 * The SDK has no option for it.
 */
export function limitWorkflowHeap(): void {
  setFlagsFromString(`--max-semi-space-size=${SEMI_SPACE}`);
}
