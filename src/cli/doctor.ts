import { type Command, InvalidArgumentError, Option } from 'commander';
import { checkInstallation, type InstallationCheck } from '../operations/health/check-installation';
import { type Finding, type HealthStatus, statusOf } from '../operations/health/finding';
import { EXIT } from '../process/expected-error';
import { outside } from '../process/outside';
import { checkLocalWorker } from './check-local-worker';
import { formatChecks } from './format-checks';
import { say, writeJson } from './output';

/** Longer than Temporal lets a worker wait for a task, which is a minute. */
const POLLED_WITHIN_S = '90';

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
      outside().exitCode = report.status === 'failing' ? EXIT.usage : EXIT.done;
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

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number of seconds.');
  return number;
}
