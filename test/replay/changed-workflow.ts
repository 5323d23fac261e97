import { sleep } from '@temporalio/workflow';
import { syncProviders as current } from '../../workflows';

/** The workflow with an incompatible change: one step more. */
export async function syncProviders(...input: Parameters<typeof current>): ReturnType<typeof current> {
  await sleep(1);
  return current(...input);
}
