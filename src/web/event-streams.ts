import { ProblemError } from '../api/http/problem';

const MOST_STREAMS = 500;
/** Per address, so that one client cannot use all streams. */
const MOST_STREAMS_OF_ONE = 50;

/** Counts the open event streams, in all and per address. */
export class EventStreams {
  private readonly open = new Map<string, number>();

  /** @throws ProblemError 503 if too many streams are open */
  refuseMoreThanLimit(address: string): void {
    const all = [...this.open.values()].reduce((sum, count) => sum + count, 0);
    if (all >= MOST_STREAMS || (this.open.get(address) ?? 0) >= MOST_STREAMS_OF_ONE) {
      throw new ProblemError(503, 'Too many pages are open; close some, or try again later.');
    }
  }

  /** Counts a stream of this address while `run` is running. */
  async count(address: string, run: () => Promise<void>): Promise<void> {
    this.open.set(address, (this.open.get(address) ?? 0) + 1);
    try {
      await run();
    } finally {
      const left = (this.open.get(address) ?? 0) - 1;
      if (left > 0) this.open.set(address, left);
      else this.open.delete(address);
    }
  }
}
