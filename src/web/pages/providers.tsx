import type { z } from 'zod';
import type { providerQuery } from '../../api/openapi/provider-schemas';
import type { Facets } from '../../store/directory/read-facets';
import type { FoundProviders } from '../../store/directory/suggest-searches';
import { PROVIDER_STATUSES, type ProviderStatus, statusOf } from '../../store/lists/filters';
import { FilterForm, isFiltered, PartnerSelect } from '../components/filter-form';
import { ListPage } from '../components/list-page';
import { Empty } from '../components/notice';
import { PageHead } from '../components/page-head';
import { isLaterPage } from '../components/pager';
import { ProviderTable } from '../components/provider-table';
import { Select } from '../components/select';

export type ProvidersQuery = Readonly<z.output<typeof providerQuery>>;

export interface ProvidersProps {
  readonly url: string;
  readonly query: ProvidersQuery;
  readonly page: FoundProviders;
  readonly facets: Facets;
  readonly partners: readonly string[];
  /** The number of present providers, regardless of the filters. */
  readonly total: number;
}

const SORTS = [
  ['name', 'Name'],
  ['-lastChangedAt', 'Last changed'],
  ['-firstSeenAt', 'Newest'],
] as const;

const STATUSES: Record<ProviderStatus, string> = { present: 'Present', left: 'Left', all: 'All' };

/** The providers of the directory, with a search and filters that stay in the address. */
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
      <Filters query={query} facets={facets} partners={partners} />
      <section id="results" class="card" aria-label="Results">
        <ListPage
          url={url}
          query={printedOf(query)}
          page={page}
          of="providers"
          download={{ path: '/api/v1/providers', query }}
          empty={<NoneFound query={query} total={total} didYouMean={page.didYouMean} />}
        >
          {(items) => <ProviderTable providers={items} />}
        </ListPage>
      </section>
    </div>
  );
}

function Filters({ query, facets, partners }: Pick<ProvidersProps, 'query' | 'facets' | 'partners'>) {
  return (
    <FilterForm
      path="/providers"
      list="results"
      alsoReplaces="found"
      trigger="input changed delay:200ms from:#search, change from:select, submit"
      button="Search"
      others={{
        changedSince: [query.changedSince, `those new or changed since ${query.changedSince}`],
      }}
    >
      <div class="field grow">
        <label for="search">Search</label>
        <input
          id="search"
          type="search"
          name="search"
          value={query.search ?? ''}
          placeholder="Name, title or clinic, such as emily riverbend"
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
        />
      </div>
      <PartnerSelect partners={partners} value={query.partner} />
      <Select name="clinic" label="Clinic" value={query.clinic} options={facets.clinics.map(optionOf)} />
      <Select name="title" label="Title" value={query.title} options={facets.titles.map(optionOf)} />
      <StatusSelect query={query} />
      <Select name="sort" label="Sorted by" value={query.sort} options={SORTS} mandatory />
    </FilterForm>
  );
}

function optionOf({ value, count }: Facets['clinics'][number]): readonly [string, string] {
  return [value, `${value} (${count})`];
}

/** The filters and the order for paper, with the status also if it is not in the address. */
function printedOf({ sort, ...filters }: ProvidersQuery): object {
  const order = SORTS.find(([name]) => name === sort)?.[1] ?? sort;
  return { ...filters, status: statusOf(filters), sort: order };
}

/** Shows the status of the listed providers, also if other filters imply it. */
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

interface NoneFoundProps {
  readonly query: ProvidersQuery;
  readonly total: number;
  readonly didYouMean: readonly string[] | undefined;
}

function NoneFound({ query, total, didYouMean = [] }: NoneFoundProps) {
  if (total === 0) {
    return (
      <Empty title="The directory is empty so far">
        <p>
          It fills with the first successful run; see <a href="/runs">runs</a>.
        </p>
      </Empty>
    );
  }
  return (
    <Empty title={query.search ? `No match for “${query.search}”` : 'No providers match these filters'}>
      <p>
        {didYouMean.length > 0 ? (
          <DidYouMean query={query} searches={didYouMean} />
        ) : (
          'Use fewer words or filters.'
        )}{' '}
        <a href="/providers">Clear filters</a>
      </p>
    </Empty>
  );
}

/** Links to other searches with the same filters. */
function DidYouMean({
  query,
  searches,
}: {
  readonly query: ProvidersQuery;
  readonly searches: readonly string[];
}) {
  return (
    <>
      Did you mean{' '}
      {searches.map((search, index) => (
        <>
          {index > 0 && ' or '}
          <a href={addressOf({ ...query, search })}>{search}</a>
        </>
      ))}
      ?
    </>
  );
}

function addressOf(query: ProvidersQuery): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return `/providers?${new URLSearchParams(given)}`;
}

/** The number of matches, as far as this page knows it; empty without filters. */
function foundOf(url: string, query: ProvidersQuery, { items, nextCursor }: FoundProviders) {
  if (!isFiltered(query) || isLaterPage(url)) return '';
  return `, ${nextCursor ? `more than ${items.length}` : items.length} found`;
}
