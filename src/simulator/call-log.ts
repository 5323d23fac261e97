import type { Endpoint } from '../contract/call';
import type { FaultName } from './faults';

/** One call to a partner, as the partner saw it. */
export interface SimulatedCall<Fault extends string = FaultName> {
  readonly endpoint: Endpoint;
  /** The page that was requested, from 1. Absent for partners without pages, and if the request names no page. */
  readonly page?: number;
  readonly method: string;
  /** As requested, query included. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly fault: Fault | 'none';
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
export class CallLog<Fault extends string = FaultName> {
  private latest: SimulatedCall<Fault>[] = [];
  private faults = noCounts();
  private requested = new Map<number, number>();

  /** @param kept how many calls are kept */
  constructor(private readonly kept: number) {}

  get calls(): readonly SimulatedCall<Fault>[] {
    return [...this.latest];
  }

  get counts(): CallCounts {
    return structuredClone(this.faults);
  }

  /** The number of calls by page. */
  get pages(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.requested);
  }

  /** Records the arrival of a call. The returned function records its end, with the status that was sent. */
  begin(
    arrived: Pick<SimulatedCall<Fault>, 'endpoint' | 'page' | 'method' | 'path' | 'fault'>,
  ): (status: number | null, ended: 'answered' | 'aborted') => void {
    const started = performance.now();
    const call: { -readonly [Key in keyof SimulatedCall<Fault>]: SimulatedCall<Fault>[Key] } = {
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
    if (call.page !== undefined) this.requested.set(call.page, (this.requested.get(call.page) ?? 0) + 1);
    return (status, ended) => {
      call.status = status;
      call.ended = ended;
      call.durationMs = Math.round(performance.now() - started);
    };
  }

  clear(): void {
    this.latest = [];
    this.faults = noCounts();
    this.requested = new Map();
  }
}

function noCounts(): Record<Endpoint, Record<string, number>> {
  return { auth: {}, providers: {} };
}
