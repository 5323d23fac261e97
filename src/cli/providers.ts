import type { Command } from 'commander';
import type { Provider } from '../store/provider-row';
import { listProviders } from '../store/read-providers';
import { limitOption, printPage, writeJson } from './output';
import { table } from './table';
import { withStore } from './with-store';

interface ListOptions {
  partner?: string;
  search?: string;
  limit: number;
  cursor?: string;
  json?: boolean;
}

export function providersCommand(program: Command): void {
  program
    .command('providers')
    .description('look at the directory')
    .command('list')
    .description('providers by family name')
    .option('--partner <name>', 'only this partner')
    .option('--search <text>', 'only where the name contains this')
    .addOption(limitOption())
    .option('--cursor <cursor>', 'go on where a page ended')
    .option('--json', 'as JSON')
    .action(({ json, ...query }: ListOptions) =>
      withStore(async (dataSource) => {
        const page = await listProviders(dataSource, query);
        if (json) writeJson(page);
        else printPage(page, 'Nobody there yet. Start a run with: npx provider-sync sync', formatProviders);
      }),
    );
}

function formatProviders(providers: readonly Provider[]): string {
  return table(
    ['FAMILY NAME', 'GIVEN NAME', 'TITLE', 'CLINIC', 'PARTNER', 'LAST SEEN'],
    providers.map((provider) => [
      provider.familyName,
      provider.givenName,
      provider.title,
      provider.clinic,
      provider.partner,
      provider.lastSeenAt,
    ]),
  );
}
