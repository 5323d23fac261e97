import type { Activities } from '../../src/contract/activities';
import type { RunningCommand } from './command';

/** What the log line of each step has right before the failure. */
const FIELDS = {
  openRun: '"workflowId":"[^"]+"',
  persistProviders: '"attempt":[0-9]+',
  // The run follows the partner, and nothing the run.
  closeRun: '"partner":"[^"]+","run":"[^"]+"',
} satisfies Partial<Record<keyof Activities, string>>;

/** The log line of a step that met a Postgres which is not available. */
export function storeFailed(step: keyof typeof FIELDS, sqlState = ''): RegExp {
  const failure = `"failure":{"type":"StoreUnavailable","message":"[^"]*${sqlState}[^}]*}`;
  return new RegExp(`${FIELDS[step]},${failure},"msg":"The store did not answer`);
}

/** The worker lived through it all, and told of it without stacks and without anybody's name. */
export async function expectCalm(worker: RunningCommand): Promise<void> {
  const { code, stderr } = await worker.end('SIGTERM');
  expect(code).toBe(0);
  expect(stderr).toContain('"msg":"Run ');
  expect(stderr).not.toMatch(/\\n +at |Ann |Hara/);
}
