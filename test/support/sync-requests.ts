import type { RunWithCalls } from '../../src/store/runs/read-runs';
import { ask, type TestApi } from './api';

/** Sends a request that starts, cancels or replays a sync. */
export const post = (api: TestApi, path: string, headers: Record<string, string> = {}, body?: unknown) =>
  ask<RunWithCalls & { instance?: string; type?: string; detail?: string }>(api, path, {
    method: 'POST',
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

/** Reads a sync. */
export const read = async (api: TestApi, path: string) => (await ask<RunWithCalls>(api, path)).body;
