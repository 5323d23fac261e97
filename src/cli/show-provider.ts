import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DataSource } from 'typeorm';
import { asOfMoment, asOfSchema } from '../operations/as-of-moment';
import { ExpectedError } from '../process/expected-error';
import { differingFields } from '../store/directory/compare-providers';
import { getProviderAsOf, listProviderChanges } from '../store/directory/read-provider-history';
import { findVersionAt, listProviderVersions } from '../store/directory/read-provider-versions';
import { findPossibleSamePersons, getProvider } from '../store/directory/read-providers';
import type { PageQuery } from '../store/lists/filters';
import {
  formatPossiblySame,
  formatProviderFacts,
  formatProviderHistory,
  formatVersions,
} from './format-provider';
import { pageOptions } from './list-command';
import { say, writeJson } from './output';
import { shownTime } from './shown-time';
import { withStore } from './with-store';

/** `show` prints at most this many changes. */
const SHOWN_CHANGES = 50;

interface ShowOptions extends PageQuery {
  readonly versions?: boolean;
  readonly asOf?: string;
  readonly json?: boolean;
}

/** `providers show` */
export function showProviderCommand(providers: Command): void {
  pageOptions(
    providers
      .command('show')
      .description('show one provider: its history, and providers who may be the same person')
      .argument('<id>', "the provider's id")
      .addOption(
        new Option(
          '--versions',
          'list its versions: what it was, since when, by which run and call',
        ).conflicts('asOf'),
      )
      .option('--as-of <time>', 'as it was at this time, or at the end of this day (UTC)', toAsOf),
  ).action(show);
}

async function show(id: string, options: ShowOptions, command: Command): Promise<void> {
  const isPaged = ['limit', 'cursor'].some((name) => command.getOptionValueSource(name) === 'cli');
  if (isPaged && !options.versions) {
    throw new ExpectedError('--limit and --cursor are for --versions only. Add it, or leave them out.');
  }
  await withStore(async (dataSource) => {
    if (options.versions) await showVersions(dataSource, id, options);
    else if (options.asOf !== undefined) await showAsOf(dataSource, id, options.asOf, options.json);
    else await showNow(dataSource, id, options.json);
  });
}

async function showNow(dataSource: DataSource, id: string, json = false): Promise<void> {
  const provider = await getProvider(dataSource, id);
  if (!provider) throw unknownProvider(id);
  const { items: changes } = await listProviderChanges(dataSource, { providerId: id, limit: SHOWN_CHANGES });
  const possiblySame = await findPossibleSamePersons(dataSource, id);
  if (json) {
    const compared = possiblySame.map((other) => ({ ...other, differsIn: differingFields(provider, other) }));
    return writeJson({ ...provider, changes, possiblySame: compared });
  }
  const parts = [formatProviderFacts(provider), formatProviderHistory(provider, changes)];
  if (possiblySame.length > 0) parts.push(formatPossiblySame(provider, possiblySame));
  say(parts.join('\n\n'));
}

async function showAsOf(dataSource: DataSource, id: string, asOf: string, json = false): Promise<void> {
  const at = asOfMoment(asOf);
  const past = await getProviderAsOf(dataSource, id, at);
  const version = await findVersionAt(dataSource, id, at);
  if (!past || version === null) {
    const provider = await getProvider(dataSource, id);
    if (!provider) throw unknownProvider(id);
    throw new ExpectedError(
      `The provider was not in the directory at ${shownTime(at.toISOString())}. It was first seen at ${shownTime(provider.firstSeenAt)}.`,
    );
  }
  if (json) return writeJson({ ...past, version });
  say(`${formatProviderFacts(past)}\n\nThis is version ${version}, as of ${shownTime(at.toISOString())}.`);
}

async function showVersions(
  dataSource: DataSource,
  id: string,
  { limit, cursor, json = false }: ShowOptions,
): Promise<void> {
  const page = await listProviderVersions(dataSource, { providerId: id, limit, cursor });
  if (page.items.length === 0 && cursor === undefined) throw unknownProvider(id);
  if (json) return writeJson(page);
  say(formatVersions(page.items));
  if (page.nextCursor) say(`More with: --cursor ${page.nextCursor}`);
}

function unknownProvider(id: string): ExpectedError {
  return new ExpectedError(`There is no provider ${id}. See: npx provider-sync providers list`);
}

function toAsOf(text: string): string {
  if (!asOfSchema.safeParse(text).success) {
    throw new InvalidArgumentError('Write it like 2026-01-31 or 2026-01-31T08:00:00Z.');
  }
  return text;
}
