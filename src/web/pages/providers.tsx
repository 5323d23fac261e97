import type { z } from 'zod';
import type { providerQuery } from '../../api/openapi/provider-schemas';
import type { Provider } from '../../store/directory/provider-row';
import type { Facets } from '../../store/directory/read-facets';
import type { Page } from '../../store/lists/cursor';
import { PROVIDER_STATUSES, type ProviderStatus, statusOf } from '../../store/lists/filters';
import { isFiltered, OtherFilters } from '../components/filters';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { csvOf, Pager } from '../components/pager';
import { ProviderTable } from '../components/provider-table';
import { Select } from '../components/select';

export type ProvidersQuery = Readonly<z.output<typeof providerQuery>>;

export interface ProvidersProps {
  readonly url: string;
  readonly query: ProvidersQuery;
  readonly page: Page<Provider>;
  readonly facets: Facets;
  readonly partners: readonly string[];
  /** How many are present, whatever the filters. */
  readonly total: number;
}

const SORTS = [
  ['name', 'Name'],
  ['-lastChangedAt', 'Last changed'],
  ['-firstSeenAt', 'Newest'],
] as const;

const STATUSES: Record<ProviderStatus, string> = { present: 'Present', left: 'Left', all: 'All' };

/** Who is in the directory: found while one types, narrowed by filters that stay in the address. */
export function Providers({ url, query, page, facets, partners, total }: ProvidersProps) {
  return (
    <div class="stack">
      <PageHead
        title="Providers"
        lead={
          <>
            {total.toLocaleString('en')} in the directory
            <span id="found" role="status">
              {foundOf(url, query, page)}
            </span>
          </>
        }
      />
      <search>
        <form
          class="filters"
          method="get"
          action="/providers"
          hx-get="/providers"
          hx-target="#results"
          hx-select="#results"
          hx-select-oob="#found:innerHTML"
          hx-swap="outerHTML"
          hx-push-url="true"
          hx-trigger="input changed delay:200ms from:#search, change from:select, submit"
          hx-sync="this:replace"
        >
          <div class="field grow">
            <label for="search">Name</label>
            <input
              id="search"
              type="search"
              name="search"
              value={query.search ?? ''}
              placeholder="Any part of a name, such as zoe or hara"
              autocomplete="off"
              spellcheck={false}
              maxLength={200}
            />
          </div>
          {partners.length > 1 && (
            <Select
              name="partner"
              label="Partner"
              value={query.partner}
              options={partners.map((name) => [name, name])}
            />
          )}
          <Select
            name="clinic"
            label="Clinic"
            value={query.clinic}
            options={facets.clinics.map(({ value, count }) => [value, `${value} (${count})`])}
          />
          <Select
            name="title"
            label="Title"
            value={query.title}
            options={facets.titles.map(({ value, count }) => [value, `${value} (${count})`])}
          />
          <StatusSelect query={query} />
          <Select name="sort" label="Sorted by" value={query.sort} options={SORTS} mandatory />
          <OtherFilters
            all="/providers"
            filters={{
              changedSince: [query.changedSince, `those new or changed since ${query.changedSince}`],
            }}
          />
          <noscript>
            <button type="submit">Search</button>
          </noscript>
        </form>
      </search>
      <section id="results" class="card" aria-label="Results">
        {page.items.length > 0 ? (
          <>
            <ProviderTable providers={page.items} />
            <Pager
              url={url}
              nextCursor={page.nextCursor}
              of="providers"
              exportUrl={csvOf('/api/v1/providers', query)}
            />
          </>
        ) : (
          <NoneFound query={query} total={total} />
        )}
      </section>
    </div>
  );
}

/** Shows the status that the list has, whichever way it was asked for. */
function StatusSelect({ query }: { readonly query: ProvidersQuery }) {
  const usual = statusOf({ changedSince: query.changedSince });
  const status = statusOf(query);
  const others = PROVIDER_STATUSES.filter((one) => one !== usual);
  return (
    <Select
      name="status"
      label="Status"
      value={status === usual ? undefined : status}
      options={others.map((one) => [one, STATUSES[one]])}
      none={STATUSES[usual]}
    />
  );
}

function NoneFound({ query, total }: { readonly query: ProvidersQuery; readonly total: number }) {
  if (total === 0) {
    return (
      <Empty title="The directory is empty so far">
        <p>
          It fills with the first good run; see <a href="/runs">runs</a>.
        </p>
      </Empty>
    );
  }
  return (
    <Empty title={query.search ? `Nobody is found for “${query.search}”` : 'Nobody is found'}>
      <p>
        Fewer words or filters find more. <a href="/providers">Show all</a>
      </p>
    </Empty>
  );
}

/** How many the filters left, as far as this page knows; empty where there are none. */
function foundOf(url: string, query: ProvidersQuery, { items, nextCursor }: Page<Provider>) {
  if (!isFiltered(query) || new URL(url, 'http://page').searchParams.has('cursor')) return '';
  return `, ${nextCursor ? `more than ${items.length}` : items.length} found`;
}
