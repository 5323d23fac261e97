import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CheckName, CheckOutcome } from '../operations/health/check';
import { checkInstallation, type InstallationCheck } from '../operations/health/check-installation';
import { type Finding, type HealthStatus, statusOf } from '../operations/health/finding';
import { EXIT } from '../process/expected-error';
import { checkLocalWorker } from './check-local-worker';
import { say, writeJson } from './output';
import { shownTime } from './shown-time';

/** Longer than Temporal lets a worker wait for a task, which is a minute. */
const POLLED_WITHIN_S = '90';

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
};
const MARKS = { ok: 'ok  ', failing: 'FAIL', degraded: 'WARN', unknown: '?   ' } as const;

/** `doctor` */
export function doctorCommand(doctor: Command): void {
  doctor
    .option('--json', 'print JSON')
    .addOption(
      new Option(
        '--worker [seconds]',
        `for health checks: only check that a worker of this host has polled in this time (${POLLED_WITHIN_S} seconds)`,
      )
        .preset(POLLED_WITHIN_S)
        .argParser(positive),
    )
    .action(async ({ worker, json }: { worker?: number; json?: boolean }) => {
      if (worker !== undefined) return checkLocalWorker(worker, json);
      const report = reportOf(await checkInstallation());
      if (json) writeJson(report);
      else say(formatChecks(report.checks));
      process.exitCode = report.status === 'failing' ? EXIT.usage : EXIT.done;
    });
}

interface DoctorReport extends InstallationCheck {
  readonly status: HealthStatus;
  readonly findings: readonly Finding[];
}

function reportOf(checked: InstallationCheck): DoctorReport {
  const findings = checked.checks.flatMap((outcome) => outcome.findings);
  return { status: statusOf(findings), findings, ...checked };
}

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

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number of seconds.');
  return number;
}
