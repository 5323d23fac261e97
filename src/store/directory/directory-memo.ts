import type { DataSource } from 'typeorm';
import { Conditions } from '../lists/conditions';
import { WITH_PARTNERS } from '../runs/known-partners';

interface Kept<T> {
  readonly version: string;
  readonly value: Promise<T>;
}

/**
 * Remembers what was computed from all of a partner's providers, or of everybody's, until the next good run:
 * nothing else changes them.
 */
export class DirectoryMemo<T> {
  private readonly kept = new WeakMap<DataSource, Map<string, Kept<T>>>();

  constructor(
    private readonly compute: (dataSource: DataSource, partner: string | undefined) => Promise<T>,
  ) {}

  async get(dataSource: DataSource, partner?: string): Promise<T> {
    // Read before the value: one that is newer than its version is only computed once more.
    const version = await readVersion(dataSource, partner);
    // Nobody is there; names that are made up would fill the memory.
    if (version === null) return this.compute(dataSource, partner);
    const kept = this.of(dataSource);
    const key = partner ?? '';
    const known = kept.get(key);
    if (known?.version === version) return known.value;
    const value = this.compute(dataSource, partner);
    const entry = { version, value };
    kept.set(key, entry);
    value.catch(() => kept.get(key) === entry && kept.delete(key));
    return value;
  }

  private of(dataSource: DataSource): Map<string, Kept<T>> {
    const kept = this.kept.get(dataSource) ?? new Map<string, Kept<T>>();
    this.kept.set(dataSource, kept);
    return kept;
  }
}

/** Changes with every good run; null where there was none. */
async function readVersion(dataSource: DataSource, partner: string | undefined): Promise<string | null> {
  const conditions = new Conditions();
  conditions.equals('partner', partner);
  const [{ version }]: [{ version: string | null }] = await dataSource.query(
    `${WITH_PARTNERS}
     SELECT string_agg(last.id::text, ' ' ORDER BY partner) AS version
     FROM partners CROSS JOIN LATERAL (
       SELECT id FROM sync_runs
       WHERE sync_runs.partner = partners.partner AND status = 'succeeded'
       ORDER BY finished_at DESC LIMIT 1) last
     WHERE ${conditions}`,
    conditions.parameters,
  );
  return version;
}
