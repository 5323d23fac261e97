import { temporal } from '@temporalio/proto';
import type { Endpoint, PartnerCall } from '../../contract/call';
import { isStepReport } from '../../contract/results';
import { isoTimeOf, millisecondsOf } from '../proto-time';
import type { SyncHandle } from './start-sync';
import type { RawDescription } from './sync-progress';

const { PendingActivityState } = temporal.api.enums.v1;

type PendingActivity = NonNullable<RawDescription['pendingActivities']>[number];

/** The clocks of Temporal and of a worker may differ by this many milliseconds. */
const CLOCK_TOLERANCE_MS = 2_000;

export const STEP_STATES = ['running', 'delayed', 'queued'] as const;

/** The step that a running run is in, as Temporal reports it. */
export interface CurrentStep {
  /** The name of the activity. */
  readonly step: string;
  /** The attempt that is running, or that comes next. */
  readonly attempt: number;
  /** `running`, `delayed` until the next attempt, or `queued` until a worker takes it. */
  readonly state: (typeof STEP_STATES)[number];
  /** When this state began (ISO 8601, UTC). */
  readonly since: string;
  /** When the call to the partner is given up, or the delay ends (ISO 8601, UTC); null if there is no such time. */
  readonly until: string | null;
  /** The call to the partner that is in flight; null if there is none. */
  readonly call: (Pick<PartnerCall, 'endpoint' | 'attempt'> & { readonly page: number }) | null;
}

/**
 * The step that a run is in; null if it is in none. The worker reports a call in flight in its heartbeats, not in
 * Postgres.
 *
 * @param deadlineMs of a call to the partner; null if it is not known
 */
export async function readCurrentStep(
  handle: SyncHandle,
  { pendingActivities }: RawDescription,
  deadlineMs: number | null,
): Promise<CurrentStep | null> {
  const activity = pendingActivities?.[0];
  const scheduled = isoTimeOf(activity?.scheduledTime);
  if (!activity || scheduled === null) return null;
  const base = { step: activity.activityType?.name ?? '', attempt: activity.attempt ?? 1, call: null };
  if (activity.state === PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED) return null;
  if (activity.state === PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED) {
    if (Date.parse(scheduled) <= Date.now()) {
      return { ...base, state: 'queued', since: scheduled, until: null };
    }
    const since = isoTimeOf(activity.lastAttemptCompleteTime) ?? scheduled;
    return { ...base, state: 'delayed', since, until: scheduled };
  }
  const started = isoTimeOf(activity.lastStartedTime) ?? scheduled;
  const call = await readCall(handle, activity);
  if (!call) return { ...base, state: 'running', since: started, until: null };
  const { endpoint, attempt, page = 1, startedAt: since } = call;
  const until = deadlineMs === null ? null : new Date(Date.parse(since) + deadlineMs).toISOString();
  return { ...base, state: 'running', since, until, call: { endpoint, page, attempt } };
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = { authenticate: 'auth', fetchProviders: 'providers' };

/** The call in flight, from the heartbeat of this attempt. An earlier attempt may have left one. */
async function readCall(handle: SyncHandle, activity: PendingActivity): Promise<PartnerCall | null> {
  const endpoint = ENDPOINTS[activity.activityType?.name ?? ''];
  if (endpoint === undefined) return null;
  const report = await readHeartbeat(handle, activity);
  const last = isStepReport(report) ? report.calls.at(-1) : undefined;
  const isInFlight =
    last?.endpoint === endpoint &&
    last.outcome === 'Interrupted' &&
    Date.parse(last.startedAt) >= millisecondsOf(activity.lastStartedTime) - CLOCK_TOLERANCE_MS;
  return isInFlight ? last : null;
}

/** The decrypted heartbeat; undefined if there is none, or if no configured key can read it. */
async function readHeartbeat(handle: SyncHandle, { heartbeatDetails }: PendingActivity): Promise<unknown> {
  const { payloadCodecs, payloadConverter } = handle.client.options.loadedDataConverter;
  try {
    let payloads = heartbeatDetails?.payloads ?? [];
    for (const codec of payloadCodecs) payloads = await codec.decode(payloads);
    const [first] = payloads;
    return first && payloadConverter.fromPayload(first);
  } catch {
    return undefined;
  }
}
