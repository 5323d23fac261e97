import { type Command, Option } from 'commander';
import type { ProviderFilter } from '../store/directory/provider-filter';
import type { Provider } from '../store/directory/provider-row';
import { type FoundProviders, searchProviders } from '../store/directory/suggest-searches';
import { NAME_LETTERS, PROVIDER_SORTS, PROVIDER_STATUSES, statusOf } from '../store/lists/filters';
import { listCommand } from './list-command';
import { table } from './output';
import { shownTime } from './shown-time';
import { toTime } from './to-time';

/** `providers list` */
export function listProvidersCommand(providers: Command): void {
  listCommand<ProviderFilter, Provider, Omit<FoundProviders, 'previousCursor'>>(providers, {
    about: 'list providers by family name',
    filters: [
      new Option('--partner <name>', 'only providers of this partner'),
      new Option('--search <text>', 'only providers whose name, title or clinic contains these words'),
      new Option(
        '--letter <letter>',
        'only family names that begin with this letter; # for no letter',
      ).choices(NAME_LETTERS),
      new Option('--clinic <clinic>', 'only providers of exactly this clinic'),
      new Option('--title <title>', 'only providers with exactly this title'),
      new Option('--changed-since <time>', 'only providers changed at this time or later').argParser(toTime),
      new Option(
        '--status <status>',
        'present providers (default), those who left, or all (default with --changed-since)',
      ).choices(PROVIDER_STATUSES),
      new Option('--sort <key>', 'in this order instead of by name').choices(PROVIDER_SORTS),
    ],
    read: async (dataSource, query) => {
      const { previousCursor: _, ...page } = await searchProviders(dataSource, {
        ...query,
        status: statusOf(query),
      });
      return page;
    },
    format: formatProviders,
    noMatch: ({ didYouMean = [] }) =>
      didYouMean.length > 0
        ? `No providers match. Did you mean ${didYouMean.join(', or ')}?`
        : 'No providers match these filters.',
    none: 'The directory is empty. Start a run with: npx provider-sync sync',
  });
}

function formatProviders(providers: readonly Provider[]): string {
  return table(
    ['FAMILY NAME', 'GIVEN NAME', 'TITLE', 'CLINIC', 'PARTNER', 'LAST SEEN', 'ID'],
    providers.map((provider) => [
      provider.familyName,
      provider.givenName,
      provider.title,
      provider.clinic,
      provider.partner,
      shownTime(provider.lastSeenAt),
      provider.id,
    ]),
  );
}
