import type { ProviderFilter } from '../../src/store/directory/provider-filter';
import type { ProviderQuery } from '../../src/store/directory/provider-page';
import type { Provider } from '../../src/store/directory/provider-row';
import { listProviders } from '../../src/store/directory/read-providers';
import { provider, type TestStore } from './store-fixtures';

export const PEOPLE = [
  provider('1', { givenName: 'Ada', familyName: 'Young', clinic: 'St.Mary/West' }),
  provider('2', { givenName: 'Siobhán', familyName: "O'Brien-Núñez", clinic: null }),
  provider('3', { givenName: 'Ada', familyName: 'Adams', title: 'NP' }),
  provider('4', { givenName: 'Ada', familyName: 'Adams', clinic: 'South Clinic' }),
  provider('5', { givenName: 'Ben', familyName: 'Adams', title: null }),
];

/** Reads every page of a list of providers. `meanwhile` is called before each page except the first. */
export async function allPages(
  store: TestStore,
  query: Omit<ProviderQuery, 'cursor'>,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<Provider[]> {
  const items: Provider[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    if (cursor !== undefined) await meanwhile();
    const page = await listProviders(store.dataSource, { ...query, cursor });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

/** The names of all providers that match a filter. */
export async function found(store: TestStore, filter: ProviderFilter): Promise<string[]> {
  return names(await allPages(store, { ...filter, limit: 2 }));
}

export function names(items: readonly Provider[]): string[] {
  return items.map(({ givenName, familyName }) => `${givenName} ${familyName}`);
}
