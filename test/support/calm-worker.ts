import type { Activities } from '../../src/contract/activities';
import type { RunningCommand } from './command';

/** The fields before the failure in the log line of each step. */
const FIELDS = {
  openRun: '"workflowId":"[^"]+"',
  persistProviders: '"attempt":[0-9]+',
  closeRun: '"partner":"[^"]+","run":"[^"]+"',
} satisfies Partial<Record<keyof Activities, string>>;

/** Matches the log line of a step that found Postgres unavailable. */
export function storeFailed(step: keyof typeof FIELDS, sqlState = ''): RegExp {
  const failure = `"failure":{"type":"StoreUnavailable","message":"[^"]*${sqlState}[^}]*}`;
  return new RegExp(`${FIELDS[step]},${failure},"msg":"Database step failed"`);
}

/** Expects that the worker survived, and that its log has no stacks and no names of people. */
export async function expectCalm(worker: RunningCommand): Promise<void> {
  const { code, stderr } = await worker.end('SIGTERM');
  expect(code).toBe(0);
  expect(stderr).toContain('"msg":"Run ');
  expect(stderr).not.toMatch(/\\n +at |Ann |Hara/);
}
