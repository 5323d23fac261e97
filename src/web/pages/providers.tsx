import type { z } from 'zod';
import type { providerQuery } from '../../api/openapi/provider-schemas';
import type { StalePartner } from '../../operations/freshness/read-stale-partners';
import type { Facets } from '../../store/directory/read-facets';
import type { FoundProviders } from '../../store/directory/suggest-searches';
import { type NameLetter, PROVIDER_STATUSES, type ProviderStatus, statusOf } from '../../store/lists/filters';
import { ClinicInput } from '../components/clinic-input';
import { FilterForm, isFiltered, PartnerSelect } from '../components/filter-form';
import { Letters } from '../components/letters';
import { ListPage } from '../components/list-page';
import { NoProviders } from '../components/no-providers';
import { PageHead } from '../components/page-head';
import type { Position } from '../components/pager';
import { ProviderTable } from '../components/provider-table';
import { Select } from '../components/select';
import { StaleNotice } from '../components/stale-notice';

export type ProvidersQuery = Readonly<z.output<typeof providerQuery>>;

export interface ProvidersProps {
  readonly url: string;
  readonly query: ProvidersQuery;
  readonly page: FoundProviders;
  readonly position: Position;
  readonly facets: Facets;
  /** The first letters of family names. */
  readonly letters: ReadonlySet<NameLetter>;
  /** The clinics whose names have the words of the filter, if no one is found. */
  readonly similarClinics: readonly string[];
  readonly partners: readonly string[];
  /** The partners in question whose data is not fresh. */
  readonly stale: readonly StalePartner[];
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
export function Providers(props: ProvidersProps) {
  const { url, query, page, position, facets, letters, similarClinics, partners, stale, total } = props;
  const isLong = position.count > position.shown || query.letter !== undefined;
  return (
    <div class="stack">
      <PageHead
        title="Providers"
        lead={
          <>
            {total.toLocaleString('en')} present in the directory
            <span id="found" role="status">
              {foundOf(query, position)}
            </span>
          </>
        }
      />
      <Filters query={query} facets={facets} partners={partners} />
      <section id="results" class="card" aria-label="Results">
        <StaleNotice partners={stale} />
        {isLong && <Letters url={url} letter={query.letter} known={letters} />}
        <ListPage
          url={url}
          query={printedOf(query)}
          page={page}
          position={position}
          of="providers"
          download={{ path: '/api/v1/providers', query }}
          empty={
            <NoProviders
              query={query}
              total={total}
              didYouMean={page.didYouMean}
              similarClinics={similarClinics}
            />
          }
        >
          {(items) => <ProviderTable providers={items} showsFirstSeen={query.sort === '-firstSeenAt'} />}
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
      trigger="input changed delay:200ms from:#search, change from:select, change from:#filter-clinic, submit"
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
          placeholder="Name, title or clinic"
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
        />
      </div>
      <PartnerSelect partners={partners} value={query.partner} />
      <ClinicInput value={query.clinic} clinics={facets.clinics} hasPartner={partners.length > 1} />
      <Select name="title" label="Title" value={query.title} options={facets.titles.map(optionOf)} />
      <StatusSelect query={query} />
      <Select name="sort" label="Sorted by" value={query.sort} options={SORTS} mandatory />
    </FilterForm>
  );
}

function optionOf({ value, count }: Facets['titles'][number]): readonly [string, string] {
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

/** The number of matches; empty without filters. */
function foundOf(query: ProvidersQuery, { count, shown, isExact }: Position) {
  if (!isFiltered(query)) return '';
  return `, ${isExact ? '' : 'more than '}${Math.max(count, shown).toLocaleString('en')} found`;
}
