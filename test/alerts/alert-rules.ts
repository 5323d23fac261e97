import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../src/process/package-root';

export const ALERTS_FILE = join(PACKAGE_ROOT, 'docs/monitoring/alerts.yml');

export interface AlertRules {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly AlertRule[];
  }[];
}

interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

export async function readRules(): Promise<AlertRules> {
  return parse(await readFile(ALERTS_FILE, 'utf8')) as AlertRules;
}

export function namesOf({ groups }: AlertRules): string[] {
  return groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
}

/** The alerts on real latencies, which a slow machine makes longer. */
export async function latencyAlerts(): Promise<string[]> {
  const rules = (await readRules()).groups.flatMap((group) => group.rules);
  return rules.filter(({ expr }) => expr.includes('histogram_quantile(')).map(({ alert }) => alert);
}

/** How many minutes each of these alerts waits before it fires. */
export async function minutesToWait(alerts: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rules = (await readRules()).groups.flatMap((group) => group.rules);
  return new Map(
    alerts.map((name) => {
      const minutes = /^(\d+)m$/.exec(rules.find(({ alert }) => alert === name)?.for ?? '')?.[1];
      if (minutes === undefined) throw new Error(`${name} has no time in minutes`);
      return [name, Number(minutes)];
    }),
  );
}
