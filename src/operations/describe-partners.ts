import type { Partner } from '../partner/config/partner';
import { type PartnerStats, readStats } from '../store/directory/read-stats';
import type { Run } from '../store/runs/run-row';
import { readSchedule, type ScheduleState } from '../temporal/schedules/schedules';
import type { OperationContext } from './context';
import { describeReading, type PartnerReading } from './describe-reading';

/** A partner: its configuration, how fresh its part of the directory is, and its schedule. */
export interface PartnerView {
  readonly name: string;
  readonly baseUrl: string;
  readonly feed: Partner['feed'];
  readonly identity: readonly string[];
  readonly minimumCount: number;
  /** From 0 to 1. */
  readonly maximumRejected: number;
  readonly deadlineMs: number;
  readonly reading: PartnerReading;
  /** All providers in the directory, and those who are still in the partner's list. */
  readonly providers: { readonly total: number; readonly listed: number };
  readonly freshness: Freshness;
  readonly lastRun: Run | null;
  readonly running: Run | null;
  /** `unknown` if Temporal does not respond. */
  readonly scheduleState: 'known' | 'none' | 'unknown';
  /** Null unless it is known. */
  readonly schedule: ScheduleState | null;
}

export interface Freshness {
  /** Whether the last successful run is recent enough: `freshFor` in partners.yaml. */
  readonly isFresh: boolean;
  readonly freshForMs: number;
  readonly lastSucceededAt: string | null;
}

/** Milliseconds for Temporal to describe a schedule. After that, the rest is shown without it. */
const SCHEDULE_WITHIN_MS = 1_500;

/**
 * Describes all partners, in the order of partners.yaml.
 *
 * @param reading their figures, if they are already being read
 */
export async function describePartners(
  context: OperationContext,
  reading = readStats(context.dataSource),
): Promise<PartnerView[]> {
  const stats = await reading;
  return Promise.all([...context.partners.values()].map((partner) => describe(context, partner, stats)));
}

/** Describes one partner; null if partners.yaml does not have it. */
export async function describePartner(context: OperationContext, name: string): Promise<PartnerView | null> {
  const partner = context.partners.get(name);
  return partner ? describe(context, partner, await readStats(context.dataSource)) : null;
}

async function describe(
  context: OperationContext,
  partner: Partner,
  stats: readonly PartnerStats[],
): Promise<PartnerView> {
  const own = stats.find((one) => one.partner === partner.name);
  return toView(partner, own, await scheduleOf(context, partner.name));
}

async function scheduleOf(
  { client, temporal, log }: OperationContext,
  partner: string,
): Promise<Pick<PartnerView, 'scheduleState' | 'schedule'>> {
  const owner = { partner, taskQueue: temporal.taskQueue };
  try {
    const reading = client.withDeadline(Date.now() + SCHEDULE_WITHIN_MS, () => readSchedule(client, owner));
    const schedule = await reading;
    return schedule ? { scheduleState: 'known', schedule } : { scheduleState: 'none', schedule: null };
  } catch (error) {
    log.warn({ partner, reason: String(error) }, 'The schedule cannot be read from Temporal');
    return { scheduleState: 'unknown', schedule: null };
  }
}

function toView(
  partner: Partner,
  stats: PartnerStats | undefined,
  schedule: Pick<PartnerView, 'scheduleState' | 'schedule'>,
): PartnerView {
  return {
    name: partner.name,
    baseUrl: partner.baseUrl,
    feed: partner.feed,
    identity: partner.identity,
    minimumCount: partner.providers.minimumCount,
    maximumRejected: partner.providers.maximumRejected,
    deadlineMs: partner.deadline,
    reading: describeReading(partner),
    providers: stats?.providers ?? { total: 0, listed: 0 },
    freshness: freshnessOf(partner, stats),
    lastRun: stats?.lastRun ?? null,
    running: stats?.running ?? null,
    ...schedule,
  };
}

/** @param stats the partner's figures; undefined before its first run */
export function freshnessOf({ freshFor }: Partner, stats: PartnerStats | undefined): Freshness {
  const lastSucceededAt = stats?.lastSuccess?.finishedAt ?? null;
  const age = lastSucceededAt === null ? Number.POSITIVE_INFINITY : Date.now() - Date.parse(lastSucceededAt);
  return { isFresh: age <= freshFor, freshForMs: freshFor, lastSucceededAt };
}
