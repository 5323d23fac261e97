import type { Endpoint } from '../../../src/contract/call';
import type { SimulatedCall } from '../../../src/simulator/simulator';

/** A call to the partner that a worker said in its log it would make now. */
export interface BegunCall {
  readonly partner: string;
  /** Our id of the run. */
  readonly run: string;
  readonly endpoint: Endpoint;
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Reads them from a worker's log, at the level debug. */
export function readBegunCalls(log: string): BegunCall[] {
  return log.split('\n').flatMap((line) => {
    if (!line.includes('"Calling the partner"')) return [];
    const { time, partner, run, endpoint, attempt } = JSON.parse(line);
    return [{ partner, run, endpoint, attempt, at: Date.parse(time) }];
  });
}

/** A call as the partner saw it, and the run that made it; null where no worker said it would. */
export interface AttributedCall {
  readonly call: SimulatedCall;
  readonly by: BegunCall | null;
}

/**
 * Finds out whose call each one was that reached the partner. Nothing in a request names the run, so it is
 * taken for the latest one begun before it: whoever was killed between the two never calls, and whoever was
 * frozen between them calls late, when later ones have long had theirs.
 *
 * @param begun and `arrived`: those of one partner
 */
export function attributeCalls(
  begun: readonly BegunCall[],
  arrived: readonly SimulatedCall[],
): AttributedCall[] {
  const order = [...begun].sort((a, b) => a.at - b.at);
  const open: Record<Endpoint, BegunCall[]> = { auth: [], providers: [] };
  return [...arrived]
    .sort((a, b) => a.at - b.at)
    .map((call) => {
      while (order[0] && order[0].at <= call.at) {
        const next = order.shift();
        if (next) open[next.endpoint].push(next);
      }
      return { call, by: open[call.endpoint].pop() ?? null };
    });
}
