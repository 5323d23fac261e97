import { randomUUID } from 'node:crypto';

/** More tokens than a caller can use at the same time. The oldest is forgotten first. */
const MAX_TOKENS = 1000;

/** The tokens that a partner has given, until they expire. */
export class Tokens {
  /** The time at which each expires, in milliseconds since 1970, the oldest first. */
  private readonly ends = new Map<string, number>();

  /** @param onToken called with each new token */
  constructor(private readonly onToken: (token: string) => void = () => undefined) {}

  /** @param lifetimeMs the milliseconds for which it is good */
  create(lifetimeMs: number): string {
    const token = randomUUID();
    this.onToken(token);
    this.ends.set(token, Date.now() + lifetimeMs);
    const [oldest] = this.ends.keys();
    if (this.ends.size > MAX_TOKENS && oldest !== undefined) this.ends.delete(oldest);
    return token;
  }

  /** The newest token; undefined if it has expired or there is none. */
  get newest(): string | undefined {
    const newest = [...this.ends.keys()].at(-1);
    return newest !== undefined && this.isGood(newest) ? newest : undefined;
  }

  isGood(token: string): boolean {
    return (this.ends.get(token) ?? 0) > Date.now();
  }

  expire(): void {
    this.ends.clear();
  }
}
