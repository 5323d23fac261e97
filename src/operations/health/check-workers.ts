import { durationInWords } from '../../partner/config/values';
import { isPolling, listWorkers } from '../../temporal/workers/list-workers';
import type { SeenWorker } from '../../temporal/workers/match-workers';
import type { OperationContext } from '../context';
import { type CheckOutcome, checked } from './check';
import { type Finding, finding } from './finding';

const MINUTE_MS = 60_000;

export interface WorkersSeen {
  readonly outcome: CheckOutcome;
  /** How many poll the task queue. */
  readonly polling: number;
}

/** Checks that a worker polls the task queue. By Temporal's list, it has to be seen within `TIMEOUTS.workerSeen`. */
export async function checkWorkers({
  client,
  temporal: { taskQueue },
}: Pick<OperationContext, 'client' | 'temporal'>): Promise<WorkersSeen> {
  const seen = await listWorkers(client, taskQueue);
  const polling = seen.filter(isPolling).length;
  const last = Math.max(...seen.map(({ lastSeenAt }) => lastSeenAt));
  if (polling > 0) {
    const secondsAgo = Math.max(0, Math.round((Date.now() - last) / 1000));
    const found = seen.filter(isPolling).flatMap(clockOf);
    return {
      polling,
      outcome: checked('workers', `${polling} polling (last seen ${secondsAgo} s ago)`, found),
    };
  }
  const found = finding({
    code: 'no-worker',
    severity: 'failing',
    what: `No worker polls the task queue ${taskQueue}.`,
    since: seen.length > 0 ? new Date(last).toISOString() : null,
    advice: 'Start one: npx provider-sync worker. The log of the last one shows why it ended.',
    link: '/workers',
  });
  return { polling, outcome: checked('workers', found.what, [found]) };
}

function clockOf({ identity, clockAhead }: SeenWorker): Finding[] {
  if (clockAhead === 0) return [];
  const ahead = durationInWords(Math.round(clockAhead / MINUTE_MS) * MINUTE_MS);
  return [
    finding({
      code: 'worker-clock-wrong',
      severity: 'degraded',
      what: `The clock of the worker ${identity} is ${ahead} ahead of Temporal's.`,
      advice:
        'Set the clock of its machine, for example with NTP: times of calls, signed requests and certificates depend on it.',
      link: '/workers',
    }),
  ];
}
