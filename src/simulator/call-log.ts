import type { Endpoint } from '../contract/call';
import type { FaultName } from './faults';

/** One call to the partner, as the partner saw it. */
export interface SimulatedCall {
  readonly endpoint: Endpoint;
  readonly method: string;
  /** As requested, query included. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly fault: FaultName | 'none';
  /** Null while the call is pending, and if no headers were sent. */
  readonly status: number | null;
  /** `aborted`: either side closed the connection before the answer was complete. */
  readonly ended: 'pending' | 'answered' | 'aborted';
  /** Milliseconds; null while the call is pending. */
  readonly durationMs: number | null;
}

/** The number of calls by endpoint and fault. */
export type CallCounts = Readonly<Record<Endpoint, Readonly<Record<string, number>>>>;

/** The calls in order of arrival. All are counted; only the latest are kept. */
export class CallLog {
  private latest: SimulatedCall[] = [];
  private faults = noCounts();

  /** @param kept how many calls are kept */
  constructor(private readonly kept: number) {}

  get calls(): readonly SimulatedCall[] {
    return [...this.latest];
  }

  get counts(): CallCounts {
    return structuredClone(this.faults);
  }

  /** Records the arrival of a call. The returned function records its end, with the status that was sent. */
  begin(
    arrived: Pick<SimulatedCall, 'endpoint' | 'method' | 'path' | 'fault'>,
  ): (status: number | null, ended: 'answered' | 'aborted') => void {
    const started = performance.now();
    const call: { -readonly [Key in keyof SimulatedCall]: SimulatedCall[Key] } = {
      ...arrived,
      at: Date.now(),
      status: null,
      ended: 'pending',
      durationMs: null,
    };
    this.latest.push(call);
    if (this.latest.length > this.kept) this.latest.shift();
    const counts = this.faults[call.endpoint];
    counts[call.fault] = (counts[call.fault] ?? 0) + 1;
    return (status, ended) => {
      call.status = status;
      call.ended = ended;
      call.durationMs = Math.round(performance.now() - started);
    };
  }

  clear(): void {
    this.latest = [];
    this.faults = noCounts();
  }
}

function noCounts(): Record<Endpoint, Record<string, number>> {
  return { auth: {}, providers: {} };
}
