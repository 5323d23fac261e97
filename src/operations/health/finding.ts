/** How bad a finding is: syncs cannot work, or something needs attention though they can. */
export const SEVERITIES = ['failing', 'degraded'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What can be found, in the order of importance: what comes first explains what comes after it. */
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
  'payload-key-missing',
  'payload-key-differs',
  'runs-repeating',
  'runs-waiting',
  'partner-certificate-invalid',
  'partner-unreachable',
  'snapshot-awaiting-approval',
  'partner-stale',
  'partner-failing',
  'schedule-missing',
  'schedule-differs',
  'schedule-refused',
  'schedule-unwanted',
  'schedule-overdue',
  'schedule-paused',
  'fields-missing',
  'answer-remarkable',
  'records-rejected',
  'check-incomplete',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** A run that a finding is about. */
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
  /** ISO 8601, UTC; null where it is not known. */
  readonly since: string | null;
  /** Whether it may have begun before `since`, which is then when it was first seen. */
  readonly sinceAtLeast: boolean;
  /** What an operator can do; empty where there is nothing to add. */
  readonly advice: string;
  /** Null where it is not about one partner. */
  readonly partner: string | null;
  /** The page with more about it. */
  readonly link: string | null;
  readonly runs: readonly FoundRun[];
}

type Given = Pick<Finding, 'code' | 'severity' | 'what'> & Partial<Finding>;

/** A finding with what is not given left empty. */
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

/** The findings, the worst first. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = ({ severity, code }: Finding) =>
    SEVERITIES.indexOf(severity) * FINDING_CODES.length + FINDING_CODES.indexOf(code);
  return [...findings].sort((a, b) => rank(a) - rank(b));
}
