import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { EraseInput, Erasure, UneraseInput } from '../contract/erasure';
import type { FailureType } from '../contract/failures';
import { ExpectedError } from '../process/expected-error';
import { getProvider } from '../store/directory/read-providers';
import { NAMES_PERSON, namesPerson } from '../store/erase/names-person';
import { findErasureOf, readErasure } from '../store/erase/read-erasures';
import { type ErasureHandle, startErasure, startUnerasure } from '../temporal/runs/erase-provider';
import { RequestFailedError, resultOrRefusal } from '../temporal/runs/result-or-refusal';
import { askTemporal } from './ask-temporal';
import type { OperationContext } from './context';

/** Milliseconds for a worker to erase the person while the caller waits. */
const WITHIN_MS = 4_000;
const POLL_INTERVAL_MS = 100;

/** The result of a request to erase a person, or to let an erased person come back. */
export type ErasureRequested =
  | { readonly outcome: 'done'; readonly receipt: Erasure }
  /** No worker has done it in time. One does it as soon as it can. */
  | { readonly outcome: 'accepted' }
  /** There is no such person, or no such receipt. */
  | { readonly outcome: 'not found' }
  | { readonly outcome: 'refused'; readonly reason: string }
  /** It ended without a result, such as when someone terminated it in Temporal. A new request does it again. */
  | { readonly outcome: 'failed'; readonly type: FailureType; readonly reason: string };

/** Lets a worker erase a person, unless the person was erased before: then it answers with that receipt. */
export async function requestErasure(
  { client, temporal, dataSource }: OperationContext,
  request: EraseInput & { readonly reason: string },
): Promise<ErasureRequested> {
  const provider = await getProvider(dataSource, request.providerId);
  if (!provider) {
    const receipt = await findErasureOf(dataSource, request.providerId);
    return receipt ? { outcome: 'done', receipt } : { outcome: 'not found' };
  }
  if (await namesPerson(dataSource, request.reason, provider)) {
    return { outcome: 'refused', reason: NAMES_PERSON };
  }
  const handle = await askTemporal(client, () => startErasure(client, temporal.taskQueue, request));
  return waitFor(client, handle);
}

/** Lets a worker remove an erased person from the list of suppressed people. */
export async function requestUnerasure(
  { client, temporal, dataSource }: OperationContext,
  request: UneraseInput,
): Promise<ErasureRequested> {
  const receipt = await readErasure(dataSource, request.erasureId);
  if (!receipt) return { outcome: 'not found' };
  if (receipt.liftedAt !== null) return { outcome: 'done', receipt };
  const handle = await askTemporal(client, () => startUnerasure(client, temporal.taskQueue, request));
  return waitFor(client, handle);
}

/** Asks for the state again and again: a call that waits for the end of a workflow cannot be given up. */
async function waitFor(client: Client, handle: ErasureHandle): Promise<ErasureRequested> {
  const deadline = Date.now() + WITHIN_MS;
  while (Date.now() < deadline) {
    const { status } = await askTemporal(client, () => handle.describe());
    if (status.name !== 'RUNNING') return resultOf(handle);
    await sleep(POLL_INTERVAL_MS);
  }
  return { outcome: 'accepted' };
}

async function resultOf(handle: ErasureHandle): Promise<ErasureRequested> {
  try {
    const receipt = await resultOrRefusal(handle);
    return receipt ? { outcome: 'done', receipt } : { outcome: 'not found' };
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    const { message: reason } = error;
    if (error instanceof RequestFailedError) return { outcome: 'failed', type: error.failure.type, reason };
    return { outcome: 'refused', reason };
  }
}
