import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/process/package-root';

interface Dashboard {
  readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
}

/** The queries of all panels of the dashboard, for all partners. */
export async function dashboardQueries(): Promise<string[]> {
  const text = await readFile(join(PACKAGE_ROOT, 'docs/monitoring/dashboard.json'), 'utf8');
  const { panels } = JSON.parse(text) as Dashboard;
  return panels.flatMap(({ targets = [] }) => targets).map(({ expr }) => expr.replaceAll('$partner', '.*'));
}
