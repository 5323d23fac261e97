import type { Logger } from './logger';

/** Milliseconds between two log lines about the same problem. */
const REPEAT_MS = 60_000;

/** Logs a problem at once, when its reason changes, once a minute after that, and when it ends. */
export class Trouble {
  private since: number | null = null;
  private reason = '';
  private saidAt = 0;

  /**
   * @param message the problem in words
   * @param ended the message when the problem has ended
   */
  constructor(
    private readonly log: Logger,
    private readonly message: string,
    private readonly ended: string,
    private readonly now: () => number = Date.now,
  ) {}

  occurred(reason: string): void {
    const now = this.now();
    this.since ??= now;
    if (reason === this.reason && now - this.saidAt < REPEAT_MS) return;
    this.reason = reason;
    this.saidAt = now;
    this.log.warn({ reason, since: new Date(this.since).toISOString() }, this.message);
  }

  over(): void {
    if (this.since === null) return;
    this.log.info({ since: new Date(this.since).toISOString() }, this.ended);
    this.since = null;
    this.reason = '';
  }
}
