import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DataSource } from 'typeorm';
import type { Page } from '../store/lists/cursor';
import type { PageQuery } from '../store/lists/filters';
import { say, writeJson } from './output';
import { withStore } from './with-store';

/** One kind of rows that a `list` command prints. */
interface List<Query, Item, Found extends Page<Item> = Page<Item>> {
  /** The name of the command; `list` without it. */
  readonly name?: string;
  readonly about: string;
  readonly filters: readonly Option[];
  readonly read: (dataSource: DataSource, query: Partial<Query> & PageQuery) => Promise<Found>;
  readonly format: (items: readonly Item[]) => string;
  /** A line below the items about all that match. */
  readonly summarize?: (dataSource: DataSource, query: Partial<Query>) => Promise<string>;
  /** Printed if the list has items, but none of them match the filters. */
  readonly noMatch: string | ((found: Found) => string);
  /** Printed if the list has no items at all. */
  readonly none: string;
}

/** Adds `list`, or a list with another name, to a command: its filters, and the options that every list has. */
export function listCommand<Query, Item, Found extends Page<Item> = Page<Item>>(
  parent: Command,
  list: List<Query, Item, Found>,
): void {
  asList(parent.command(list.name ?? 'list').description(list.about), list);
}

/** Makes a command itself a list. */
export function asList<Query, Item, Found extends Page<Item> = Page<Item>>(
  command: Command,
  list: Omit<List<Query, Item, Found>, 'name' | 'about'>,
): void {
  for (const filter of list.filters) command.addOption(filter);
  pageOptions(command).action(({ json, ...query }: Partial<Query> & PageQuery & { json?: boolean }) =>
    withStore(async (dataSource) => {
      const page = await list.read(dataSource, query as Partial<Query> & PageQuery);
      if (json) return writeJson(page);
      const summary =
        page.items.length > 0 ? await list.summarize?.(dataSource, query as Partial<Query>) : undefined;
      await printPage(dataSource, list, page);
      // It is read before anything is printed: a command that fails prints nothing.
      if (summary !== undefined) say(summary);
    }),
  );
}

/** Adds the options with which every list is read page by page. */
export function pageOptions(command: Command): Command {
  return command
    .addOption(limitOption())
    .option('--cursor <cursor>', 'continue after an earlier page')
    .option('--json', 'print JSON');
}

async function printPage<Query, Item, Found extends Page<Item>>(
  dataSource: DataSource,
  { read, format, noMatch, none }: Pick<List<Query, Item, Found>, 'read' | 'format' | 'noMatch' | 'none'>,
  page: Found,
): Promise<void> {
  const { items, nextCursor } = page;
  if (items.length > 0) say(format(items));
  else {
    const any = await read(dataSource, { limit: 1 } as Partial<Query> & PageQuery);
    const why = typeof noMatch === 'string' ? noMatch : noMatch(page);
    say(any.items.length > 0 ? why : none);
  }
  if (nextCursor) say(`More with: --cursor ${nextCursor}`);
}

function limitOption(): Option {
  return new Option('--limit <count>', 'print at most this many, 1 to 500').default(20).argParser((text) => {
    const limit = Number(text);
    if (!Number.isInteger(limit) || limit < 1 || limit > 500) {
      throw new InvalidArgumentError('It must be a whole number from 1 to 500.');
    }
    return limit;
  });
}
