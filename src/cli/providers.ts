import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { EXIT, ExpectedError } from '../process/expected-error';
import type { Provider } from '../store/directory/provider-row';
import { listProviderChanges, type ProviderChange } from '../store/directory/read-provider-history';
import {
  findPossibleSamePersons,
  getProvider,
  listProviders,
  type ProviderQuery,
} from '../store/directory/read-providers';
import { PROVIDER_SORTS, PROVIDER_STATUSES, statusOf } from '../store/lists/filters';
import { limitOption, printPage, writeJson } from './output';
import { table } from './table';
import { withStore } from './with-store';

interface ListOptions extends ProviderQuery {
  readonly json?: boolean;
}

/** Changes that `show` tells of. */
const SHOWN_CHANGES = 50;

export function providersCommand(program: Command): void {
  const providers = program.command('providers').description('look at the directory');
  providers
    .command('list')
    .description('providers by family name')
    .option('--partner <name>', 'only this partner')
    .option('--search <text>', 'only whose name has these parts')
    .option('--clinic <clinic>', 'only of exactly this clinic')
    .option('--title <title>', 'only with exactly this title')
    .option('--changed-since <time>', 'only what changed then or later', toTime)
    .addOption(
      new Option(
        '--status <status>',
        'present people (default), those who left, or all (default with --changed-since)',
      ).choices(PROVIDER_STATUSES),
    )
    .addOption(new Option('--sort <key>', 'in another order than by name').choices(PROVIDER_SORTS))
    .addOption(limitOption())
    .option('--cursor <cursor>', 'go on where a page ended')
    .option('--json', 'as JSON')
    .action(({ json, ...query }: ListOptions) =>
      withStore(async (dataSource) => {
        const page = await listProviders(dataSource, { ...query, status: statusOf(query) });
        if (json) return writeJson(page);
        await printPage(page, formatProviders, {
          readAny: () => listProviders(dataSource, { limit: 1 }),
          noMatch: 'No provider matches these filters.',
          none: 'The directory is empty. Start a run with: npx provider-sync sync',
        });
      }),
    );
  providers
    .command('show')
    .description('one provider with its history, and who may be the same person')
    .argument('<id>', "the provider's id")
    .option('--json', 'as JSON')
    .action((id: string, { json }: { json?: boolean }) =>
      withStore(async (dataSource) => {
        const provider = await getProvider(dataSource, id);
        if (!provider) {
          throw new ExpectedError(
            `There is no provider ${id}. See: npx provider-sync providers list`,
            EXIT.usage,
          );
        }
        const { items: changes } = await listProviderChanges(dataSource, {
          providerId: id,
          limit: SHOWN_CHANGES,
        });
        const possiblySame = await findPossibleSamePersons(dataSource, id);
        if (json) writeJson({ ...provider, changes, possiblySame });
        else process.stdout.write(`${formatProvider(provider, changes, possiblySame)}\n`);
      }),
    );
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
      provider.lastSeenAt,
      provider.id,
    ]),
  );
}

/** A provider as people read it: who it is, what changed when, and who has the same name. */
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
      ['Last seen', provider.lastSeenAt],
      ...(provider.listed ? [] : [['Listed', "no longer in the partner's list"]]),
    ],
  );
  const history = table(
    ['WHEN', 'FIELD', 'BEFORE', 'AFTER', 'RUN'],
    [
      ...changes.map(({ changedAt, field, before, after, runId }) => [
        changedAt,
        field,
        JSON.stringify(before),
        JSON.stringify(after),
        runId,
      ]),
      [provider.firstSeenAt, 'came', null, null, provider.firstRunId],
    ],
  );
  const same = `May be the same person:\n${formatProviders(possiblySame)}`;
  return [facts, history, ...(possiblySame.length > 0 ? [same] : [])].join('\n\n');
}
