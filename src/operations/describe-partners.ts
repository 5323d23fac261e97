import { backOffOf } from '../partner/config/back-off';
import type { Partner } from '../partner/config/partner';
import { type PartnerStats, readStats } from '../store/directory/read-stats';
import type { Run } from '../store/runs/run-row';
import { readSchedule, type ScheduleState } from '../temporal/schedules/schedules';
import type { OperationContext } from './context';
import { describeReading, type PartnerReading } from './describe-reading';
import { type Forecast, forecastOf } from './freshness/forecast';
import { type Freshness, freshnessOf } from './freshness/freshness';

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
  /** Whether it will stay fresh; null if it is not fresh now, or its schedule is unknown. */
  readonly forecast: Forecast | null;
  readonly lastRun: Run | null;
  readonly running: Run | null;
  /** `unknown` if Temporal does not respond. */
  readonly scheduleState: 'known' | 'none' | 'unknown';
  /** Null unless it is known. */
  readonly schedule: ScheduleState | null;
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
  const freshness = freshnessOf(partner, stats?.lastSuccess?.finishedAt ?? null);
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
    freshness,
    forecast: forecast(partner, freshness, stats, schedule),
    lastRun: stats?.lastRun ?? null,
    running: stats?.running ?? null,
    ...schedule,
  };
}

/** Null if the partner is not fresh, or its schedule is unknown. */
function forecast(
  partner: Partner,
  { isFresh, freshUntil }: Freshness,
  stats: PartnerStats | undefined,
  { scheduleState, schedule }: Pick<PartnerView, 'scheduleState' | 'schedule'>,
): Forecast | null {
  if (!isFresh || freshUntil === null || !stats || scheduleState === 'unknown') return null;
  return forecastOf({
    outcomes: stats.latestOutcomes,
    freshUntil,
    typicalMs: stats.duration.median ?? 0,
    isRunning: stats.running !== null,
    nextRunsAt: schedule?.nextRunsAt ?? [],
    backOff: backOffOf(partner),
  });
}
