import type { OpenRun, OpenRuns } from '../../temporal/runs/open-runs';
import { type CheckOutcome, checked } from './check';
import { type Finding, type FoundRun, finding, type Severity } from './finding';

/** A shorter wait is normal when a worker restarts or Postgres pauses. */
const LONG_WAIT_MS = 60_000;
/** The most runs that a finding lists. */
export const MAX_LISTED_RUNS = 10;

const KINDS = {
  worker: {
    code: 'runs-waiting',
    what: (count: number) => `${syncs(count, 'waits', 'wait')} for a worker.`,
    advice: (reason: string) => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`,
  },
  step: {
    code: 'runs-repeating',
    what: (count: number, reason: string) =>
      `${syncs(count, 'repeats', 'repeat')} a step that fails: ${reason.replace(/\.$/, '')}.`,
    advice: () => 'It continues by itself when the cause is gone. Nothing is fetched again.',
  },
  task: {
    code: 'runs-not-executable',
    what: (count: number, reason: string) =>
      `${syncs(count, 'stands', 'stand')} still, because workers cannot execute the workflow: ${reason.replace(/\.$/, '')}.`,
    advice: () =>
      'Look in the log of the workers. With workers that can execute it, such as those of the version before, it continues by itself.',
  },
} as const;

function syncs(count: number, one: string, several: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? `sync ${one}` : `syncs ${several}`}`;
}

/** Checks that open runs make progress, including those that no worker has recorded yet. */
export function checkRuns({ count, examined }: OpenRuns): CheckOutcome {
  const found = (['worker', 'step', 'task'] as const).flatMap((kind) => waiting(kind, examined));
  const beyond = count > examined.length ? `, of which ${examined.length} were checked` : '';
  return checked('runs', `${count} open${beyond}${found.length > 0 ? '' : '; none waits'}`, found);
}

/** How many of the examined runs make no progress. */
export function countWaiting({ examined }: OpenRuns): number {
  return examined.filter(({ wait }) => wait !== null).length;
}

function waiting(kind: keyof typeof KINDS, runs: readonly OpenRun[]): Finding[] {
  const found = runs
    .flatMap(({ workflowId, partner, wait }): FoundRun[] =>
      wait?.kind === kind ? [{ workflowId, partner, since: wait.since, reason: wait.reason }] : [],
    )
    .sort((a, b) => (a.since ?? '').localeCompare(b.since ?? ''));
  const [longest] = found;
  if (!longest) return [];
  const { code, what, advice } = KINDS[kind];
  return [
    finding({
      code,
      severity: severityOf(longest.since),
      what: what(found.length, longest.reason),
      since: longest.since,
      advice: advice(longest.reason),
      partner: found.every(({ partner }) => partner === longest.partner) ? longest.partner : null,
      link: `/runs/${encodeURIComponent(longest.workflowId)}`,
      runs: found.slice(0, MAX_LISTED_RUNS),
    }),
  ];
}

function severityOf(since: string | null): Severity {
  return since !== null && Date.now() - Date.parse(since) < LONG_WAIT_MS ? 'degraded' : 'failing';
}
