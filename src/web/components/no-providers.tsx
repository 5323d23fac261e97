import { addressWith } from '../addresses';
import { Empty } from './notice';

interface Query {
  readonly search?: string | undefined;
  readonly clinic?: string | undefined;
}

interface NoProvidersProps {
  /** The filters and the order of the list. */
  readonly query: Query;
  /** The number of present providers, regardless of the filters. */
  readonly total: number;
  /** Searches with similar words. */
  readonly didYouMean: readonly string[] | undefined;
  /** The clinics whose names have the words of the filter. */
  readonly similarClinics: readonly string[];
}

/** Says why a list of providers is empty, and what else to look for. */
export function NoProviders({ query, total, didYouMean = [], similarClinics }: NoProvidersProps) {
  if (total === 0) {
    return (
      <Empty title="The directory is empty so far">
        <p>
          It fills with the first successful run; see <a href="/runs">runs</a>.
        </p>
      </Empty>
    );
  }
  if (didYouMean.length === 0 && similarClinics.length > 0) {
    return <OtherClinics query={query} clinics={similarClinics} />;
  }
  return (
    <Empty title={query.search ? `No match for “${query.search}”` : 'No providers match these filters'}>
      <p>
        {didYouMean.length > 0 ? (
          <DidYouMean query={query} searches={didYouMean} />
        ) : (
          'Use fewer words or filters.'
        )}{' '}
        · <a href="/providers">Clear filters</a>
      </p>
    </Empty>
  );
}

/** Links to other searches with the same filters. */
function DidYouMean({ query, searches }: { readonly query: Query; readonly searches: readonly string[] }) {
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

/** Links to the clinics that a reader may have meant, with the same other filters. */
function OtherClinics({ query, clinics }: { readonly query: Query; readonly clinics: readonly string[] }) {
  return (
    <Empty title={`No match at the clinic “${query.clinic}”`}>
      <p>
        These clinics have its words. Choose one, or <a href="/providers">clear the filters</a>.
      </p>
      <ul class="plain">
        {clinics.map((clinic) => (
          <li key={clinic}>
            <a href={addressOf({ ...query, clinic })}>{clinic}</a>
          </li>
        ))}
      </ul>
    </Empty>
  );
}

function addressOf(query: Query): string {
  return addressWith('/providers', query);
}
