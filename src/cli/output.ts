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

/** A page of a list as text, and how to see the next one. */
export function printPage<T>(
  page: { readonly items: readonly T[]; readonly nextCursor: string | null },
  empty: string,
  format: (items: readonly T[]) => string,
): void {
  process.stdout.write(`${page.items.length > 0 ? format(page.items) : empty}\n`);
  if (page.nextCursor) process.stdout.write(`More with: --cursor ${page.nextCursor}\n`);
}
