import type { Command } from 'commander';
import { describePartners, type PartnerView } from '../operations/describe-partners';
import { chanceInWords } from '../operations/freshness/forecast';
import { readPartnersFile } from '../partner/config/partners-file';
import { loadConfig } from '../process/config';
import { createLogger } from '../process/logger';
import { lazyClient } from '../temporal/connection/connection';
import { say, table, writeJson } from './output';
import { shownTime } from './shown-time';
import { usingStore } from './with-store';

/** `partners list` */
export function listPartnersCommand(partners: Command): void {
  partners
    .command('list')
    .description('list the partners: how fresh each is, until when, and whether it will stay fresh')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const items = await readPartners();
      if (json) writeJson({ items, nextCursor: null });
      else say(formatPartners(items));
    });
}

async function readPartners(): Promise<PartnerView[]> {
  const { databaseUrl, temporal, logLevel, partnersFile, env } = loadConfig(['databaseUrl', 'temporal']);
  const partners = readPartnersFile(partnersFile, env);
  const log = createLogger(logLevel);
  // Without Temporal, only the schedules are unknown.
  const client = lazyClient(temporal);
  try {
    return await usingStore(databaseUrl, (dataSource) =>
      describePartners({ temporal, partners, dataSource, client, log }),
    );
  } finally {
    await client.connection.close();
  }
}

function formatPartners(partners: readonly PartnerView[]): string {
  return table(
    ['PARTNER', 'STATE', 'LAST SYNCED', 'FRESH UNTIL', 'SYNCS DUE', 'STAYS FRESH', 'NEXT SYNC'],
    partners.map(({ name, freshness, forecast, schedule }) => [
      name,
      freshness.isFresh ? 'fresh' : 'not fresh',
      shownTime(freshness.lastSucceededAt),
      shownTime(freshness.freshUntil),
      forecast?.runs,
      forecast && (forecast.runs > 0 ? chanceInWords(forecast.chance) : 'no'),
      shownTime(schedule?.nextRunAt ?? null),
    ]),
  );
}
