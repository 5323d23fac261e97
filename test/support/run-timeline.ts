import type { PartnerCall } from '../../src/contract/call';
import type { Random } from '../../src/simulator/random';

/** The moments of a run (ISO 8601, UTC), as Temporal and the workers of a quiet system would record them. */
export interface RunTimeline {
  readonly requestedAt: string;
  readonly claimScheduledAt: string;
  readonly startedAt: string;
  readonly calls: readonly PartnerCall[];
  /** When the step after the calls was scheduled: the storing, or the one that records the end. */
  readonly lastStepAt: string;
  readonly finishedAt: string;
}

/** The delay before the first repeated call. It doubles. */
const DELAY_MS = 1_000;

/**
 * Places calls, which have durations, into a run that has ended at this moment.
 *
 * @param idleMs how long no worker ran the run after its calls
 */
export function timelineOf(calls: readonly PartnerCall[], random: Random, idleMs = 0): RunTimeline {
  let at = 0;
  const later = (least: number, most: number) => {
    at += Math.round(least + (most - least) * random());
    return at;
  };
  const claim = later(8, 40);
  const start = later(6, 14);
  const timed = calls.map((call, index) => {
    if (calls[index - 1]?.endpoint === call.endpoint) {
      const delay = DELAY_MS * 2 ** (call.attempt - 2);
      later(0.8 * delay, 1.2 * delay);
    }
    const scheduled = later(10, 30);
    const started = later(3, 12);
    at += call.tookMs ?? 0;
    return { call, scheduled, started };
  });
  const last = later(10, 30);
  const end = later(18, 60) + idleMs;
  const origin = Date.now() - end;
  const time = (ms: number) => new Date(origin + ms).toISOString();
  return {
    requestedAt: time(0),
    claimScheduledAt: time(claim),
    startedAt: time(start),
    calls: timed.map(({ call, scheduled, started }) => ({
      ...call,
      scheduledAt: time(scheduled),
      startedAt: time(started),
    })),
    lastStepAt: time(last),
    finishedAt: time(end),
  };
}
