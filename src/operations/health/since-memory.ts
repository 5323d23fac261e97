import type { Finding } from './finding';

/** After a longer time without a check, an earlier finding may have been fixed and come back. */
const FORGOTTEN_AFTER_MS = 2 * 60_000;

/** Remembers when a finding was first seen, for findings without another known beginning. */
export class SinceMemory {
  private seen = new Map<string, { readonly first: number; readonly last: number }>();

  /** Completes findings: one without a `since` gets the time when it was first seen. */
  complete(findings: readonly Finding[], now = Date.now()): Finding[] {
    const before = this.seen;
    this.seen = new Map();
    return findings.map((found) => {
      const key = `${found.code} ${found.partner ?? ''}`;
      const known = before.get(key);
      const first = known && now - known.last <= FORGOTTEN_AFTER_MS ? known.first : now;
      this.seen.set(key, { first, last: now });
      if (found.since !== null) return found;
      return { ...found, since: new Date(first).toISOString(), sinceAtLeast: true };
    });
  }
}
