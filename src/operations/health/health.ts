import { createHash } from 'node:crypto';
import type { OperationContext } from '../context';
import { type DirectoryReading, readDirectory } from '../read-directory';
import { shareReading } from '../share-reading';
import { type CheckOutcome, inTime, unknown } from './check';
import { checkDirectory } from './check-directory';
import { checkServices, type ServicesChecked } from './check-services';
import { checkWebhooks } from './check-webhooks';
import { type Finding, type FindingCode, type HealthStatus, inOrder, statusOf } from './finding';
import { SinceMemory } from './since-memory';

/** Callers within this time share one check of the services. */
const SHARED_FOR_MS = 2_000;
/** For each partner: enough to count a streak of failures. */
export const RECENT_RUNS = 48;
const DIRECTORY_MS = 4_000;
/** While one of these is found, the tables cannot be read. */
const UNREADABLE: readonly FindingCode[] = ['store-unreachable', 'store-not-migrated'];

/** The state of everything that syncs need, and of the directory. */
export interface HealthReport {
  readonly status: HealthStatus;
  /** ISO 8601, UTC. */
  readonly checkedAt: string;
  /** Workers that poll; null if that is unknown. */
  readonly workersPolling: number | null;
  /** Runs that make no progress; null if that is unknown. */
  readonly runsWaiting: number | null;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly checks: readonly CheckOutcome[];
}

/** Checks the services and then the directory, which needs Postgres. */
export async function checkAll(
  context: OperationContext,
  checking = checkServices(context),
  reading?: Promise<DirectoryReading>,
): Promise<Pick<HealthReport, 'checks' | 'workersPolling' | 'runsWaiting'>> {
  const { outcomes, ...figures } = await checking;
  const found = outcomes.flatMap(({ findings }) => findings);
  const isReadable =
    !found.some(({ code }) => UNREADABLE.includes(code)) &&
    !outcomes.some(({ check, state }) => check === 'tables' && state === 'unknown');
  const directory =
    isReadable && context.partners.size > 0
      ? await inTime('directory', Date.now() + DIRECTORY_MS, async () =>
          checkDirectory(await (reading ?? readDirectory(context, RECENT_RUNS))),
        )
      : [unknown('directory', 'unknown while its tables or partners.yaml cannot be read')];
  const webhooks = isReadable
    ? await inTime('webhooks', Date.now() + DIRECTORY_MS, () => checkWebhooks(context.dataSource))
    : [];
  return { checks: [...outcomes, ...directory, ...webhooks], ...figures };
}

/** The one source of health for the pages, the API and the metrics. */
export class Health {
  private readonly memory = new SinceMemory();
  private kept: Promise<ServicesChecked> | undefined;
  private readonly share = shareReading(() => this.make());

  constructor(private readonly context: OperationContext) {}

  /**
   * Checks everything.
   *
   * @param reading the directory, if it is already being read
   */
  report(reading?: Promise<DirectoryReading>): Promise<HealthReport> {
    return reading ? this.make(reading) : this.share();
  }

  private async make(reading?: Promise<DirectoryReading>): Promise<HealthReport> {
    const checked = await checkAll(this.context, this.services(), reading);
    const findings = this.memory.complete(inOrder(checked.checks.flatMap((outcome) => outcome.findings)));
    return { status: statusOf(findings), checkedAt: new Date().toISOString(), findings, ...checked };
  }

  /** The state of the services. The result is shared for a moment only. */
  private services(): Promise<ServicesChecked> {
    if (this.kept) return this.kept;
    const checking = checkServices(this.context);
    this.kept = checking;
    const forget = () => {
      if (this.kept === checking) this.kept = undefined;
    };
    checking.then(() => setTimeout(forget, SHARED_FOR_MS).unref(), forget);
    return checking;
  }
}

/** A hash that changes when something else is found, but not when a finding only grows older. */
export function healthVersion({ findings }: HealthReport): string {
  const found = findings.map(({ code, severity, partner }) => `${code} ${severity} ${partner}`);
  return createHash('sha256').update(found.join('\n')).digest('base64url').slice(0, 16);
}
