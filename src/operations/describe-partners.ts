import type { Partner } from '../partner/config/partner';
import { type PartnerStats, readStats } from '../store/directory/read-stats';
import type { Run } from '../store/runs/run-row';
import { readSchedule, type ScheduleState } from '../temporal/schedules/schedules';
import type { OperationContext } from './context';

/** A partner: what is configured, how fresh its part of the directory is, and when it is synced. */
export interface PartnerView {
  readonly name: string;
  readonly baseUrl: string;
  readonly feed: Partner['feed'];
  readonly identity: readonly string[];
  readonly minimumCount: number;
  /** From 0 to 1. */
  readonly maximumRejected: number;
  readonly deadlineMs: number;
  /** In the directory, and of those the ones that are still in the partner's list. */
  readonly providers: { readonly total: number; readonly listed: number };
  readonly freshness: Freshness;
  readonly lastRun: Run | null;
  readonly running: Run | null;
  /** `unknown` while Temporal does not answer. */
  readonly scheduleState: 'known' | 'none' | 'unknown';
  /** Null unless it is known. */
  readonly schedule: ScheduleState | null;
}

export interface Freshness {
  /** Whether the last good run is young enough: `freshFor` in partners.yaml. */
  readonly isFresh: boolean;
  readonly freshForMs: number;
  readonly lastSucceededAt: string | null;
}

/** Milliseconds for Temporal to say when the next run is; without it the rest is shown all the same. */
const SCHEDULE_WITHIN_MS = 1_500;

/**
 * All partners, as partners.yaml orders them.
 *
 * @param reading their figures, where those are being read already
 */
export async function describePartners(
  context: OperationContext,
  reading = readStats(context.dataSource),
): Promise<PartnerView[]> {
  const stats = await reading;
  return Promise.all(
    [...context.partners.values()].map(async (partner) =>
      toView(
        partner,
        stats.find((one) => one.partner === partner.name),
        await scheduleOf(context, partner.name),
      ),
    ),
  );
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
