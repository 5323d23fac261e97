import type { PartnerCall } from '../src/contract/call';
import { TIMEOUTS } from '../src/contract/timeouts';

/**
 * Records calls that have ended, so that a reader of the run sees them while it is running. A call waits for half a
 * second first: most runs end earlier, and the end of a run stores its calls in any case.
 */
export class CallRecorder {
  private readonly waiting = new Map<string, PartnerCall[]>();

  /** @param record stores one call; nothing waits for it */
  constructor(private readonly record: (runId: string, call: PartnerCall) => void) {}

  add(runId: string, call: PartnerCall): void {
    const calls = this.waiting.get(runId);
    if (calls) calls.push(call);
    else this.wait(runId, [call]);
  }

  /** The calls of the run so far were stored in another way. */
  drop(runId: string): void {
    this.waiting.delete(runId);
  }

  private wait(runId: string, calls: PartnerCall[]): void {
    this.waiting.set(runId, calls);
    const end = () => {
      // After a drop, the run may have other calls that wait for their own end.
      if (this.waiting.get(runId) !== calls) return;
      this.waiting.delete(runId);
      for (const call of calls) this.record(runId, call);
    };
    setTimeout(end, TIMEOUTS.recordCalls).unref();
  }
}
