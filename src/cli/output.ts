import { InvalidArgumentError, Option } from 'commander';

/** `--limit`, as every list has it. */
export function limitOption(): Option {
  return new Option('--limit <count>', 'how many at most, 1 to 500').default(20).argParser((text) => {
    const limit = Number(text);
    if (!Number.isInteger(limit) || limit < 1 || limit > 500) {
      throw new InvalidArgumentError('It must be a whole number from 1 to 500.');
    }
    return limit;
  });
}

export function writeJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

interface PrintablePage<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** What an empty page means. */
interface WhenEmpty {
  /** Reads one item of the list without any filter. */
  readonly readAny: () => Promise<PrintablePage<unknown>>;
  /** Said where the list has items, but none of them match. */
  readonly noMatch: string;
  /** Said where the list has no items at all. */
  readonly none: string;
}

/** A page of a list as text, and how to see the next one. */
export async function printPage<T>(
  page: PrintablePage<T>,
  format: (items: readonly T[]) => string,
  { readAny, noMatch, none }: WhenEmpty,
): Promise<void> {
  if (page.items.length > 0) process.stdout.write(`${format(page.items)}\n`);
  else process.stdout.write(`${(await readAny()).items.length > 0 ? noMatch : none}\n`);
  if (page.nextCursor) process.stdout.write(`More with: --cursor ${page.nextCursor}\n`);
}
