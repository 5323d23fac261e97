import { sleep } from '@temporalio/workflow';
import {
  syncProviders as current,
  deliverWebhooks as currentDeliver,
  eraseProvider as currentErase,
  pruneHistory as currentPrune,
  requestWebhooks as currentRequest,
  uneraseProvider as currentUnerase,
} from '../../workflows';

/* The workflows with an incompatible change: one step more. */

export async function syncProviders(...input: Parameters<typeof current>): ReturnType<typeof current> {
  await sleep(1);
  return current(...input);
}

export async function pruneHistory(
  ...input: Parameters<typeof currentPrune>
): ReturnType<typeof currentPrune> {
  await sleep(1);
  return currentPrune(...input);
}

export async function eraseProvider(
  ...input: Parameters<typeof currentErase>
): ReturnType<typeof currentErase> {
  await sleep(1);
  return currentErase(...input);
}

export async function uneraseProvider(
  ...input: Parameters<typeof currentUnerase>
): ReturnType<typeof currentUnerase> {
  await sleep(1);
  return currentUnerase(...input);
}

export async function deliverWebhooks(
  ...input: Parameters<typeof currentDeliver>
): ReturnType<typeof currentDeliver> {
  await sleep(1);
  return currentDeliver(...input);
}

export async function requestWebhooks(
  ...input: Parameters<typeof currentRequest>
): ReturnType<typeof currentRequest> {
  await sleep(1);
  return currentRequest(...input);
}
