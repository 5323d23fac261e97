import { createHash } from 'node:crypto';
import type { OperationContext } from '../context';
import { type DirectoryReading, readDirectory } from '../read-directory';
import { type CheckOutcome, inTime, unknown } from './check';
import { checkServices, type ServicesChecked } from './check-services';
import { checkDirectory } from './directory-findings';
import { type Finding, type FindingCode, type HealthStatus, inOrder, statusOf } from './finding';
import { SinceMemory } from './since-memory';

/** Several who ask at once, or one after the other, share what was seen. */
const SHARED_FOR_MS = 2_000;
/** Of each partner: more than a streak of failures that is worth its number. */
export const RECENT_RUNS = 48;
const DIRECTORY_MS = 4_000;
/** While one of these is found, the tables cannot be read. */
const UNREADABLE: readonly FindingCode[] = ['store-unreachable', 'store-not-migrated'];

/** How all of it is doing. */
export interface HealthReport {
  readonly status: HealthStatus;
  /** ISO 8601, UTC. */
  readonly checkedAt: string;
  /** Workers that poll; null where that is not known. */
  readonly workersPolling: number | null;
  /** Runs that make no progress; null where that is not known. */
  readonly runsWaiting: number | null;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly checks: readonly CheckOutcome[];
}

/** Looks at what syncs need and then at the directory, which needs Postgres. */
export async function lookAtAll(
  context: OperationContext,
  checking = checkServices(context),
  reading?: Promise<DirectoryReading>,
): Promise<Pick<HealthReport, 'checks' | 'workersPolling' | 'runsWaiting'>> {
  const { outcomes, ...figures } = await checking;
  const found = outcomes.flatMap(({ findings }) => findings);
  const isReadable = !found.some(({ code }) => UNREADABLE.includes(code));
  const directory =
    isReadable && context.partners.size > 0
      ? await inTime('directory', Date.now() + DIRECTORY_MS, async () =>
          checkDirectory(await (reading ?? readDirectory(context, RECENT_RUNS))),
        )
      : [unknown('directory', 'unknown while its tables or partners.yaml cannot be read')];
  return { checks: [...outcomes, ...directory], ...figures };
}

/** The one source of what is reported as healthy, for the pages, the API, metrics and `doctor`. */
export class Health {
  private readonly memory = new SinceMemory();
  private shared: Promise<ServicesChecked> | undefined;

  constructor(private readonly context: OperationContext) {}

  /**
   * Looks at everything.
   *
   * @param reading the directory, where it is being read already
   */
  async report(reading?: Promise<DirectoryReading>): Promise<HealthReport> {
    const look = await lookAtAll(this.context, this.services(), reading);
    const findings = this.memory.complete(inOrder(look.checks.flatMap((outcome) => outcome.findings)));
    return { status: statusOf(findings), checkedAt: new Date().toISOString(), findings, ...look };
  }

  /** What syncs need; shared for a moment, and never longer. */
  private services(): Promise<ServicesChecked> {
    if (this.shared) return this.shared;
    const checking = checkServices(this.context);
    this.shared = checking;
    const forget = () => {
      if (this.shared === checking) this.shared = undefined;
    };
    checking.then(() => setTimeout(forget, SHARED_FOR_MS).unref(), forget);
    return checking;
  }
}

/** Differs as soon as something else is found; what only grows older makes no difference. */
export function healthVersion({ findings }: HealthReport): string {
  const found = findings.map(({ code, severity, partner }) => `${code} ${severity} ${partner}`);
  return createHash('sha256').update(found.join('\n')).digest('base64url').slice(0, 16);
}
