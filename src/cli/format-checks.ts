import type { CheckName, CheckOutcome } from '../operations/health/check';
import { shownTime } from './shown-time';

const LABELS: Readonly<Record<CheckName, string>> = {
  node: 'Node',
  configuration: 'Configuration',
  'partners file': 'Partners',
  postgres: 'Postgres',
  tables: 'Tables',
  temporal: 'Temporal',
  workers: 'Worker',
  runs: 'Runs',
  'payload keys': 'Payload keys',
  schedules: 'Schedules',
  'old history': 'Old history',
  partners: 'Partner',
  directory: 'Directory',
  webhooks: 'Webhooks',
};
const MARKS = { ok: 'ok  ', failing: 'FAIL', degraded: 'WARN', unknown: '?   ' } as const;

/** One line for each finding, or for each check that found nothing. */
export function formatChecks(checks: readonly CheckOutcome[]): string {
  return checks
    .flatMap(linesOf)
    .map(([mark, about, text]) => `${MARKS[mark]}  ${about.padEnd(14)}${text}`)
    .join('\n');
}

function linesOf({ check, state, fact, findings }: CheckOutcome): [keyof typeof MARKS, string, string][] {
  const about = LABELS[check];
  if (findings.length === 0) return [[state === 'unknown' ? 'unknown' : 'ok', about, fact]];
  return findings.map(({ severity, what, since, sinceAtLeast, advice }) => {
    const when = since === null || sinceAtLeast ? '' : ` Since ${shownTime(since)}.`;
    return [severity, about, [`${what}${when}`, advice].filter(Boolean).join(' ')];
  });
}
