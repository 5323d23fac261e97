import { proxyActivities } from '@temporalio/workflow';

/** Three activities that do nothing. */
export interface EmptyActivities {
  first(): Promise<void>;
  second(): Promise<void>;
  third(): Promise<void>;
}

const { first, second, third } = proxyActivities<EmptyActivities>({ startToCloseTimeout: '10s' });

/** Measures the time that Temporal needs for three activities that do nothing. */
export async function emptyWorkflow(): Promise<void> {
  await first();
  await second();
  await third();
}

/** Measures the time that Temporal needs for a number of activities that do nothing, one after the other. */
export async function emptyPages(pages: number): Promise<void> {
  for (let page = 0; page < pages; page += 1) await first();
}
