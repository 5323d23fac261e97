import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Partner } from '../../src/partner/config/partner';
import { parsePartners } from '../../src/partner/config/partners-file';
import { PACKAGE_ROOT } from '../../src/process/package-root';

type Changes = { [key: string]: unknown };

/** A partners.yaml with the project's entry for Noteworth under these names, each with its changes. */
export function partnersFile(entries: readonly [name: string, changes: Changes][]): string {
  const file = parse(readFileSync(join(PACKAGE_ROOT, 'partners.yaml'), 'utf8'));
  const partners = entries.map(([name, changes]) => [name, merge(file.partners.noteworth, changes)]);
  return stringify({ partners: Object.fromEntries(partners) });
}

/** The project's partners.yaml with changes to Noteworth's entry. */
export function partnersFileWith(changes: Changes = {}): string {
  return partnersFile([['noteworth', changes]]);
}

/** Noteworth as configured, with changes to its entry. */
export function partnerWith(changes: Changes = {}): Partner {
  return parsePartners(partnersFileWith(changes), {}).get('noteworth') as Partner;
}

function merge(base: Changes, changes: Changes): Changes {
  const merged = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (value === undefined) delete merged[key];
    else merged[key] = nested ? merge((base[key] ?? {}) as Changes, value as Changes) : value;
  }
  return merged;
}
