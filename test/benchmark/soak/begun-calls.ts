import type { Endpoint } from '../../../src/contract/call';
import type { SimulatedCall } from '../../../src/simulator/simulator';

/** A call to the partner that a worker announced in its log. */
export interface BegunCall {
  readonly partner: string;
  /** Our id of the run. */
  readonly run: string;
  readonly endpoint: Endpoint;
  /** For which page the call is made, from 1. */
  readonly page: number;
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Reads the announced calls from a worker's log at the level debug. */
export function readBegunCalls(log: string): BegunCall[] {
  return log.split('\n').flatMap((line) => {
    if (!line.includes('"Calling the partner"')) return [];
    const { time, partner, run, endpoint, page = 1, attempt } = JSON.parse(line);
    return [{ partner, run, endpoint, page, attempt, at: Date.parse(time) }];
  });
}

/** A call as the partner saw it, and the run that made it; null if no worker announced it. */
export interface AttributedCall {
  readonly call: SimulatedCall<string>;
  readonly by: BegunCall | null;
}

/**
 * Finds the run of each call that reached the partner. A request does not name its run, so a call is attributed to
 * the latest announcement for its endpoint and page before it. A worker that is killed in between never calls. A worker that is frozen in
 * between calls late, after the later announcements have had their calls.
 *
 * @param begun the announced calls of one partner
 * @param arrived the calls that this partner saw
 */
export function attributeCalls(
  begun: readonly BegunCall[],
  arrived: readonly SimulatedCall<string>[],
): AttributedCall[] {
  const order = [...begun].sort((a, b) => a.at - b.at);
  const open = new Map<string, BegunCall[]>();
  return [...arrived]
    .sort((a, b) => a.at - b.at)
    .map((call) => {
      while (order[0] && order[0].at <= call.at) {
        const next = order.shift();
        if (next) open.set(placeOf(next), [...(open.get(placeOf(next)) ?? []), next]);
      }
      return { call, by: open.get(placeOf(call))?.pop() ?? null };
    });
}

/** A request for a token does not name a page. */
function placeOf({ endpoint, page = 1 }: Pick<SimulatedCall<string>, 'endpoint' | 'page'>): string {
  return endpoint === 'auth' ? endpoint : `page ${page}`;
}
