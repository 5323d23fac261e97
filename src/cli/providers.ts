import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { ExpectedError } from '../process/expected-error';
import type { Provider } from '../store/directory/provider-row';
import { listProviderChanges, type ProviderChange } from '../store/directory/read-provider-history';
import {
  findPossibleSamePersons,
  getProvider,
  listProviders,
  type ProviderFilter,
} from '../store/directory/read-providers';
import { PROVIDER_SORTS, PROVIDER_STATUSES, statusOf } from '../store/lists/filters';
import { listCommand } from './list-command';
import { say, table, writeJson } from './output';
import { shownTime } from './shown-time';
import { withStore } from './with-store';

/** `show` prints at most this many changes. */
const SHOWN_CHANGES = 50;

/** `providers list` and `providers show` */
export function providersCommand(providers: Command): void {
  listCommand<ProviderFilter, Provider>(providers, {
    about: 'list providers by family name',
    filters: [
      new Option('--partner <name>', 'only providers of this partner'),
      new Option('--search <text>', 'only providers whose name contains these words'),
      new Option('--clinic <clinic>', 'only providers of exactly this clinic'),
      new Option('--title <title>', 'only providers with exactly this title'),
      new Option('--changed-since <time>', 'only providers changed at this time or later').argParser(toTime),
      new Option(
        '--status <status>',
        'present providers (default), those who left, or all (default with --changed-since)',
      ).choices(PROVIDER_STATUSES),
      new Option('--sort <key>', 'in this order instead of by name').choices(PROVIDER_SORTS),
    ],
    read: (dataSource, query) => listProviders(dataSource, { ...query, status: statusOf(query) }),
    format: formatProviders,
    noMatch: 'No providers match these filters.',
    none: 'The directory is empty. Start a run with: npx provider-sync sync',
  });
  providers
    .command('show')
    .description('show one provider: its history, and providers who may be the same person')
    .argument('<id>', "the provider's id")
    .option('--json', 'print JSON')
    .action(show);
}

function show(id: string, { json }: { json?: boolean }): Promise<void> {
  return withStore(async (dataSource) => {
    const provider = await getProvider(dataSource, id);
    if (!provider) {
      throw new ExpectedError(`There is no provider ${id}. See: npx provider-sync providers list`);
    }
    const { items: changes } = await listProviderChanges(dataSource, {
      providerId: id,
      limit: SHOWN_CHANGES,
    });
    const possiblySame = await findPossibleSamePersons(dataSource, id);
    if (json) writeJson({ ...provider, changes, possiblySame });
    else say(formatProvider(provider, changes, possiblySame));
  });
}

function toTime(text: string): string {
  if (!z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text).success) {
    throw new InvalidArgumentError('Write it like 2026-01-31 or 2026-01-31T08:00:00Z.');
  }
  return new Date(text).toISOString();
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

/** A provider for people: its facts, its changes, and providers with the same name. */
function formatProvider(
  provider: Provider,
  changes: readonly ProviderChange[],
  possiblySame: readonly Provider[],
): string {
  const facts = table(
    ['Provider', provider.id],
    [
      ['Name', `${provider.givenName} ${provider.familyName}`],
      ['Title', provider.title],
      ['Clinic', provider.clinic],
      ['Partner', provider.partner],
      ...Object.entries(provider.attributes).map(([name, value]) => [name, JSON.stringify(value)]),
      ['Last seen', shownTime(provider.lastSeenAt)],
      ...(provider.listed ? [] : [['Listed', "no longer in the partner's list"]]),
    ],
  );
  const history = table(
    ['WHEN', 'FIELD', 'BEFORE', 'AFTER', 'RUN'],
    [
      ...changes.map(({ changedAt, field, before, after, runId }) => [
        shownTime(changedAt),
        field,
        JSON.stringify(before),
        JSON.stringify(after),
        runId,
      ]),
      [shownTime(provider.firstSeenAt), 'added', null, null, provider.firstRunId],
    ],
  );
  const same = `May be the same person:\n${formatProviders(possiblySame)}`;
  return [facts, history, ...(possiblySame.length > 0 ? [same] : [])].join('\n\n');
}
