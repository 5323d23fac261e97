import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '../store/runs/run-row';
import { type CurrentStep, readCurrentStep } from '../temporal/runs/current-step';
import { describeProgress } from '../temporal/runs/sync-progress';
import type { OperationContext } from './context';

/** What a running run does now, as Temporal reports it. */
export interface RunProgress {
  /** In one line; empty if it is not known. */
  readonly line: string;
  readonly step: CurrentStep | null;
}

const UNKNOWN: RunProgress = { line: '', step: null };
const WITHIN_MS = 1_000;

type Context = Pick<OperationContext, 'client' | 'partners' | 'log'>;
type Shown = Pick<Run, 'status' | 'workflowId' | 'partner'>;

/** What a run does now. It is unknown for a run that has ended, or if Temporal does not answer in time. */
export async function readProgress(context: Context, run: Shown): Promise<RunProgress> {
  if (run.status !== 'running') return UNKNOWN;
  // The time to connect counts too.
  const late = new AbortController();
  const timeout = sleep(WITHIN_MS, UNKNOWN, { signal: late.signal }).catch(() => UNKNOWN);
  return Promise.race([askTemporal(context, run), timeout]).finally(() => late.abort());
}

async function askTemporal(
  { client, partners, log }: Context,
  { workflowId, partner }: Shown,
): Promise<RunProgress> {
  const deadlineMs = partners.get(partner)?.deadline ?? null;
  try {
    return await client.withDeadline(Date.now() + WITHIN_MS, async () => {
      const handle = client.workflow.getHandle(workflowId);
      const described = await handle.describe();
      const [line, step] = await Promise.all([
        describeProgress(handle, described),
        readCurrentStep(handle, described.raw, deadlineMs),
      ]);
      return { line, step };
    });
  } catch (error) {
    log.debug({ reason: String(error) }, 'The progress of a run is unknown');
    return UNKNOWN;
  }
}
