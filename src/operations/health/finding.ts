/** `failing`: syncs cannot work. `degraded`: syncs work, but something needs attention. */
export const SEVERITIES = ['failing', 'degraded'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** All findings in the order of importance: an earlier one explains the later ones. */
export const FINDING_CODES = [
  'node-too-old',
  'configuration-invalid',
  'store-unreachable',
  'store-not-migrated',
  'store-unusable',
  'store-read-only',
  'store-full',
  'store-not-writable',
  'store-rights-missing',
  'temporal-unreachable',
  'no-worker',
  'worker-clock-wrong',
  'payload-key-missing',
  'payload-key-differs',
  'runs-not-executable',
  'runs-repeating',
  'runs-waiting',
  'partner-certificate-invalid',
  'partner-unreachable',
  'snapshot-awaiting-approval',
  'partner-stale',
  'partner-soon-stale',
  'partner-failing',
  'webhook-failing',
  'schedule-missing',
  'schedule-differs',
  'schedule-refused',
  'schedule-unwanted',
  'schedule-overdue',
  'schedule-paused',
  'pruning-missing',
  'pruning-differs',
  'pruning-refused',
  'pruning-overdue',
  'pruning-paused',
  'pruning-failed',
  'pruning-waiting',
  'fields-missing',
  'answer-remarkable',
  'records-rejected',
  'check-incomplete',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** One of the runs that a finding is about. */
export interface FoundRun {
  readonly workflowId: string;
  readonly partner: string | null;
  /** ISO 8601, UTC. */
  readonly since: string | null;
  readonly reason: string;
}

/** Something that is broken or needs attention. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** A sentence for people. */
  readonly what: string;
  /** ISO 8601, UTC; null if it is unknown. */
  readonly since: string | null;
  /** True if `since` is the time when it was first seen, so that it may have begun earlier. */
  readonly sinceAtLeast: boolean;
  /** What an operator can do; empty if there is nothing to add. */
  readonly advice: string;
  /** Null if it is not about one partner. */
  readonly partner: string | null;
  /** The page with details. */
  readonly link: string | null;
  readonly runs: readonly FoundRun[];
}

type Given = Pick<Finding, 'code' | 'severity' | 'what'> & Partial<Finding>;

/** A finding with defaults for the fields that are not given. */
export function finding(given: Given): Finding {
  return { since: null, sinceAtLeast: false, advice: '', partner: null, link: null, runs: [], ...given };
}

export const HEALTH_STATUSES = ['ok', 'degraded', 'failing'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** The status that follows from the findings. */
export function statusOf(findings: readonly Finding[]): HealthStatus {
  if (findings.some(({ severity }) => severity === 'failing')) return 'failing';
  return findings.length > 0 ? 'degraded' : 'ok';
}

/** Sorts findings, the worst first. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = ({ severity, code }: Finding) =>
    SEVERITIES.indexOf(severity) * FINDING_CODES.length + FINDING_CODES.indexOf(code);
  return [...findings].sort((a, b) => rank(a) - rank(b));
}
