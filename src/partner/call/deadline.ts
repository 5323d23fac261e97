/** The time for one call. It stands still while we work on what has arrived, which is not the partner's time. */
export class Deadline {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private resumedAt = 0;

  /** @param left milliseconds */
  constructor(private left: number) {}

  /** Aborts when the time is over. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  resume(): void {
    this.resumedAt = performance.now();
    this.timer = setTimeout(() => this.controller.abort(), this.left);
  }

  pause(): void {
    clearTimeout(this.timer);
    this.left = Math.max(0, this.left - (performance.now() - this.resumedAt));
  }
}
