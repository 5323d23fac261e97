import type { temporal } from '@temporalio/proto';
import { isoTimeOf } from '../proto-time';

export type Events = readonly temporal.api.history.v1.HistoryEvent.$Properties[];
type Marker = NonNullable<Events[number]['markerRecordedEventAttributes']>;

/** The SDK core's name of the events of a local activity. */
const LOCAL_ACTIVITY = 'core_local_activity';

/** A local activity whose last attempt failed. */
export interface FailedLocalStep {
  readonly name: string;
  /** The number of the failed attempt, from 1. */
  readonly attempt: number;
  readonly failure: NonNullable<Marker['failure']>;
  /** When the activity was first scheduled, in ISO 8601, UTC. */
  readonly since: string | null;
  /** Whether a timer is running until the next attempt. */
  readonly isBackingOff: boolean;
}

/**
 * Finds the local activity that a run repeats. Temporal does not list it as a pending activity. The history has a
 * marker with the failure of each attempt, and a timer until the next one.
 *
 * @param latest the last events of the history, the latest first
 */
export function findFailedLocalStep(latest: Events): FailedLocalStep | undefined {
  const found = latest.find(
    ({ markerRecordedEventAttributes: marker }) => marker?.markerName === LOCAL_ACTIVITY,
  );
  const marker = found?.markerRecordedEventAttributes;
  if (!marker?.failure) return undefined;
  const attempt = readAttempt(marker);
  return {
    name: attempt.activity_type ?? 'a step',
    attempt: attempt.attempt ?? 1,
    failure: marker.failure,
    since: isoTimeOf(attempt.original_schedule_time ?? found?.eventTime),
    isBackingOff: latest.some(
      ({ timerStartedEventAttributes, eventId }) =>
        timerStartedEventAttributes && Number(eventId) > Number(found?.eventId),
    ),
  };
}

interface LocalAttempt {
  readonly activity_type?: string;
  readonly attempt?: number;
  readonly original_schedule_time?: { readonly seconds: number; readonly nanos: number };
}

/** The SDK core's details of an attempt, which are not encrypted. */
function readAttempt({ details }: Marker): LocalAttempt {
  try {
    return JSON.parse(Buffer.from(details?.data?.payloads?.[0]?.data ?? []).toString());
  } catch {
    return {};
  }
}
