import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Partner, Partners } from '../../src/partner/partner';
import { parsePartners } from '../../src/partner/partners-file';
import { PACKAGE_ROOT } from '../../src/process/package-root';

type Changes = { [key: string]: unknown };

/** The project's own entry for Noteworth, with changes to it, as partners.yaml would have it. */
export function partnersFileWith(changes: Changes = {}, name = 'noteworth'): string {
  const file = parse(readFileSync(join(PACKAGE_ROOT, 'partners.yaml'), 'utf8'));
  return stringify({ partners: { [name]: merge(file.partners.noteworth, changes) } });
}

export function partnersWith(changes: Changes = {}, name = 'noteworth'): Partners {
  return parsePartners(partnersFileWith(changes, name), {});
}

export function partnerWith(changes: Changes = {}, name = 'noteworth'): Partner {
  return partnersWith(changes, name).get(name) as Partner;
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
